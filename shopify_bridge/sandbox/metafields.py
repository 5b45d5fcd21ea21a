"""Metafield definitions and values; those of type `id` are unique per owner type."""

from __future__ import annotations

import hashlib
import re

from .errors import UserError
from .state import Doc, State, instant

OWNERS = {"Product": "PRODUCT", "ProductVariant": "PRODUCTVARIANT", "Order": "ORDER"}
_TYPES = {"id", "single_line_text_field", "multi_line_text_field", "number_integer", "json", "boolean", "url"}
_KEY = re.compile(r"[A-Za-z0-9_-]{2,64}\Z")
_NAMESPACE = re.compile(r"[A-Za-z0-9_-]{3,255}\Z")
DEFAULT_NAMESPACE = "app--1"


def _scope(owner: str, namespace: str, key: str) -> str:
    return f"metafield:{owner}:{namespace}:{key}"


def define(state: State, given: Doc) -> Doc:
    """metafieldDefinitionCreate."""
    namespace = given.get("namespace") or DEFAULT_NAMESPACE
    key, owner = given["key"], given["ownerType"]
    if not _NAMESPACE.match(namespace):
        raise UserError("Namespace is invalid.", "definition", "namespace", code="INVALID")
    if not _KEY.match(key):
        raise UserError("Key is invalid.", "definition", "key", code="INVALID")
    if given["type"] not in _TYPES:
        raise UserError("Type name is not a valid type.", "definition", "type", code="INCLUSION")
    if definition(state, owner, namespace, key):
        raise UserError(
            f"Key is in use for {owner.title()} metafields on the '{namespace}' namespace.",
            "definition",
            "key",
            code="TAKEN",
        )
    doc = {
        "id": state.gid("MetafieldDefinition"),
        "key": key,
        "namespace": namespace,
        "name": given["name"],
        "ownerType": owner,
        "type": {"name": given["type"]},
    }
    state.put("MetafieldDefinition", doc)
    state.name("definition", _scope(owner, namespace, key), doc["id"])
    return doc


def definition(state: State, owner: str, namespace: str, key: str) -> Doc | None:
    """The definition of a metafield, if there is one."""
    return state.get(state.named("definition", _scope(owner, namespace, key)))


def owner_of(state: State, owner: str, custom: Doc) -> str | None:
    """Who carries a custom id; raises UserError when no definition of type `id` makes it unique."""
    namespace = custom.get("namespace") or DEFAULT_NAMESPACE
    found = definition(state, owner, namespace, custom["key"])
    if not found or found["type"]["name"] != "id":
        raise UserError(
            "Metafield definition of type 'id' is required when using custom ids.",
            "identifier",
            "customId",
            code="NOT_FOUND",
        )
    return state.named(_scope(owner, namespace, custom["key"]), custom["value"])


def check(state: State, owner: str, gid: str | None, given: list[Doc], *path: str, code: str) -> None:
    """Refuse values that break a definition; `gid` is None for an owner that is being made."""
    for index, item in enumerate(given):
        namespace, key = item.get("namespace") or DEFAULT_NAMESPACE, item.get("key") or ""
        where = (*path, str(index))
        if not _KEY.match(key) or item.get("value") in (None, ""):
            raise UserError("Metafield needs a key and a value.", *where, code=code)
        found = definition(state, owner, namespace, key)
        if not found and not item.get("type"):
            raise UserError("Type can't be blank.", *where, "type", code=code)
        if found and found["type"]["name"] == "id":
            holder = state.named(_scope(owner, namespace, key), item["value"])
            if holder and holder != gid:
                taken = "CAPABILITY_VIOLATION" if owner != "ORDER" else code
                raise UserError("Value has already been taken.", *where, "value", code=taken)


def write(state: State, owner: str, doc: Doc, given: list[Doc], *, replace: bool) -> None:
    """Put checked values into the owner's document; `replace` drops those not given, as productSet does."""
    kept = {} if replace else {(item["namespace"], item["key"]): item for item in doc.get("metafields", [])}
    before = {(item["namespace"], item["key"]): item for item in doc.get("metafields", [])}
    for item in given:
        namespace, key = item.get("namespace") or DEFAULT_NAMESPACE, item["key"]
        found = definition(state, owner, namespace, key)
        kind = found["type"]["name"] if found else item["type"]
        old = before.get((namespace, key))
        now = instant()
        kept[namespace, key] = {
            "id": old["id"] if old else state.gid("Metafield"),
            "namespace": namespace,
            "key": key,
            "type": kind,
            "value": item["value"],
            "ownerType": owner,
            "createdAt": old["createdAt"] if old else now,
            "updatedAt": now,
            "compareDigest": hashlib.sha256(item["value"].encode()).hexdigest(),
        }
        if kind == "id":
            state.name(_scope(owner, namespace, key), item["value"], doc["id"])
    for namespace, key in before.keys() - kept.keys():
        state.unname(_scope(owner, namespace, key), doc["id"])
    doc["metafields"] = list(kept.values())


def set_values(state: State, given: list[Doc]) -> list[Doc]:
    """metafieldsSet: up to 25 values on any owners, all or none."""
    if len(given) > 25:
        raise UserError(
            "Exceeded the maximum metafields input limit of 25.", "metafields", code="LESS_THAN_OR_EQUAL_TO"
        )
    written = []
    for index, item in enumerate(given):
        kind = item["ownerId"].split("/")[3] if item["ownerId"].count("/") >= 4 else ""
        doc = state.get(item["ownerId"])
        if doc is None or kind not in OWNERS:
            raise UserError("Owner does not exist.", "metafields", str(index), "ownerId", code="INVALID")
        owner = OWNERS[kind]
        check(state, owner, doc["id"], [item], "metafields", code="INVALID")
        write(state, owner, doc, [item], replace=False)
        state.put(kind, doc)
        namespace = item.get("namespace") or DEFAULT_NAMESPACE
        written += [m for m in doc["metafields"] if (m["namespace"], m["key"]) == (namespace, item["key"])]
    return written
