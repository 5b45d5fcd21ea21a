"""Metafield values: checked against their definition or type; those of type `id` are unique by owner."""

from __future__ import annotations

import hashlib
from typing import Any

from . import definitions, value_types
from .definitions import DEFAULT_NAMESPACE, KEY, full_namespace, scope
from .errors import UserError, UserErrors
from .state import Doc, State, instant

__all__ = ["DEFAULT_NAMESPACE", "OWNERS", "check", "delete_values", "owner_of", "set_values", "write"]
OWNERS = {
    "Product": "PRODUCT",
    "ProductVariant": "PRODUCTVARIANT",
    "Order": "ORDER",
    "Collection": "COLLECTION",
    "Location": "LOCATION",
}
MAX_SET = 25


def owner_of(state: State, owner: str, custom: Doc) -> str | None:
    """Who carries a custom id; raises UserError when no definition of type `id` makes it unique."""
    namespace = full_namespace(custom.get("namespace"))
    found = definitions.find(state, owner, namespace, custom["key"])
    if not found or found["type"]["name"] != "id":
        raise UserError(
            "Metafield definition of type 'id' is required when using custom ids.",
            "identifier",
            "customId",
            code="NOT_FOUND",
        )
    return state.named(scope(owner, namespace, custom["key"]), custom["value"])


def check(state: State, owner: str, gid: str | None, given: list[Doc], *path: str, code: str) -> None:
    """Refuse values that break a definition; `gid` is None for an owner that is being made.

    `code` is what the mutation calls an invalid metafield; metafieldsSet has codes of its own.
    """
    pairs: set[tuple[str, str]] = set()
    for index, item in enumerate(given):
        where = (*path, str(index))
        namespace, key = full_namespace(item.get("namespace")), item.get("key") or ""
        if not key or not 2 <= len(key) <= 64 or not KEY.match(key):
            raise UserError("Key is invalid.", *where, "key", code=_own(code, "INVALID"))
        if (namespace, key) in pairs:
            message = f"Metafield {namespace}.{key} is given twice."
            raise UserError(message, *where, code=_own(code, "TAKEN"))
        pairs.add((namespace, key))
        _check_value(state, owner, gid, item, namespace, where, code)


def _check_value(
    state: State, owner: str, gid: str | None, item: Doc, namespace: str, where: tuple[str, ...], code: str
) -> None:
    key, value = item["key"], item.get("value")
    if value is None or not str(value).strip():
        raise UserError("Value can't be blank.", *where, "value", code=_own(code, "BLANK"))
    found = definitions.find(state, owner, namespace, key)
    kind = found["type"]["name"] if found else item.get("type") or _type_of(state, gid, namespace, key)
    if not kind:
        raise UserError("Type can't be blank.", *where, "type", code=_own(code, "BLANK"))
    if found and item.get("type") and item["type"] != kind:
        message = f"Type '{item['type']}' must be consistent with the definition's type: '{kind}'."
        raise UserError(message, *where, "type", code=_own(code, "INVALID_TYPE"))
    if not value_types.known(kind):
        raise UserError(f"Type '{kind}' is invalid.", *where, "type", code=_own(code, "INCLUSION"))
    why = value_types.problem(kind, value, definitions.limits(found) if found else {})
    if why:
        raise UserError(why, *where, "value", code=_own(code, "INVALID_VALUE"))
    if found and found.get("unique"):
        holder = state.named(scope(owner, namespace, key), value)
        if holder and holder != gid:
            taken = "CAPABILITY_VIOLATION" if owner != "ORDER" else code
            raise UserError("Value has already been taken.", *where, "value", code=taken)


def _own(code: str, precise: str) -> str:
    """metafieldsSet ("") tells precisely what is wrong; the others have one code for it all."""
    return code or precise


def _type_of(state: State, gid: str | None, namespace: str, key: str) -> str:
    """The type of a value that is there already."""
    doc = state.get(gid) if gid else None
    found = (m for m in (doc or {}).get("metafields", ()) if (m["namespace"], m["key"]) == (namespace, key))
    return next((str(m["type"]) for m in found), "")


def write(state: State, owner: str, doc: Doc, given: list[Doc], *, replace: bool) -> None:
    """Put checked values into the owner's document; `replace` drops those not given, as productSet does."""
    before = {(item["namespace"], item["key"]): item for item in doc.get("metafields", [])}
    kept: dict[tuple[str, str], Any] = {} if replace else dict(before)
    for item in given:
        namespace, key = full_namespace(item.get("namespace")), item["key"]
        old = before.get((namespace, key))
        found = definitions.find(state, owner, namespace, key)
        kind = found["type"]["name"] if found else item.get("type") or (old or {})["type"]
        if old and (old["value"], old["type"]) == (item["value"], kind):
            kept[namespace, key] = old
            continue
        kept[namespace, key] = _value(state, owner, namespace, key, kind, item["value"], old)
        if found and found.get("unique"):
            state.name(scope(owner, namespace, key), item["value"], doc["id"])
    for namespace, key in before.keys() - kept.keys():
        state.unname(scope(owner, namespace, key), doc["id"])
    doc["metafields"] = list(kept.values())


def _value(state: State, owner: str, namespace: str, key: str, kind: str, value: str, old: Doc | None) -> Doc:
    now = instant()
    return {
        "id": old["id"] if old else state.gid("Metafield"),
        "namespace": namespace,
        "key": key,
        "type": kind,
        "value": value,
        "ownerType": owner,
        "createdAt": old["createdAt"] if old else now,
        "updatedAt": now,
        "compareDigest": hashlib.sha256(value.encode()).hexdigest(),
    }


def set_values(state: State, given: list[Doc]) -> list[Doc]:
    """metafieldsSet: up to 25 values on any owners, all or none."""
    if len(given) > MAX_SET:
        raise UserError(
            f"Exceeded the maximum metafields input limit of {MAX_SET}.",
            "metafields",
            code="LESS_THAN_OR_EQUAL_TO",
        )
    written, errors = [], []
    for index, item in enumerate(given):
        try:
            written.append(_set(state, item, ("metafields", str(index)), index))
        except UserError as error:
            error.entry["elementIndex"] = None
            errors.append(error)
    if errors:
        raise UserErrors(errors)
    return written


def _set(state: State, item: Doc, where: tuple[str, ...], index: int) -> Doc:
    kind = item["ownerId"].split("/")[3] if item["ownerId"].count("/") >= 4 else ""
    doc = state.get(item["ownerId"])
    if doc is None or kind not in OWNERS:
        raise UserError("Owner does not exist.", *where, "ownerId", code="INVALID")
    owner, namespace = OWNERS[kind], full_namespace(item.get("namespace"))
    try:
        check(state, owner, doc["id"], [item], "metafields", code="")
    except UserError as error:
        # The check sees a list of one: say which of the whole list it is.
        error.entry["field"] = ["metafields", str(index), *(error.entry["field"] or [])[2:]]
        raise
    old = next((m for m in doc["metafields"] if (m["namespace"], m["key"]) == (namespace, item["key"])), None)
    if "compareDigest" in item and (old or {}).get("compareDigest") != item["compareDigest"]:
        raise UserError(
            "The resource has been updated since it was loaded. Try again with an updated `compareDigest`.",
            *where,
            code="STALE_OBJECT",
        )
    write(state, owner, doc, [item], replace=False)
    touch(state, kind, doc)
    return next(m for m in doc["metafields"] if (m["namespace"], m["key"]) == (namespace, item["key"]))


def delete_values(state: State, given: list[Doc]) -> list[Doc | None]:
    """metafieldsDelete: how those taken away were named, None for one that was not there."""
    if len(given) > 250:
        raise UserError("Exceeded the maximum metafields input limit of 250.", "metafields")
    return [_delete(state, item) for item in given]


def _delete(state: State, item: Doc) -> Doc | None:
    doc = state.get(item["ownerId"])
    namespace, key = full_namespace(item["namespace"]), item["key"]
    kept = [m for m in (doc or {}).get("metafields", ()) if (m["namespace"], m["key"]) != (namespace, key)]
    if doc is None or len(kept) == len(doc.get("metafields", ())):
        return None
    kind = doc["id"].split("/")[3]
    state.unname(scope(OWNERS[kind], namespace, key), doc["id"])
    doc["metafields"] = kept
    touch(state, kind, doc)
    return {"ownerId": doc["id"], "namespace": namespace, "key": key}


def touch(state: State, kind: str, doc: Doc) -> None:
    """Store a document that changed, now. A product changes with its variants."""
    now = instant()
    state.put(kind, doc | {"updatedAt": now})
    product = state.get(doc["product"]) if kind == "ProductVariant" else None
    if product is not None:
        state.put("Product", product | {"updatedAt": now})
