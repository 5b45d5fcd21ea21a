"""productSet: what it refuses, and what it stores.

Lists given replace what is there (variants, media, metafields not named are deleted); scalars and lists
not given stay as they are.
"""

from __future__ import annotations

import re
from typing import Any

from . import metafields, variants
from .errors import UserError
from .state import Doc, State, instant

_SCALARS = ("title", "descriptionHtml", "productType", "status", "tags", "vendor")


def product_set(state: State, identifier: Doc | None, given: Doc) -> Doc:
    """Make or update one product; raises UserError and stores nothing when it refuses."""
    old = _find(state, identifier or {}, given)
    now = instant()
    product: Doc = old or {
        "id": state.gid("Product"),
        "title": "",
        "descriptionHtml": "",
        "productType": "",
        "status": "ACTIVE",
        "tags": [],
        "vendor": "",
        "seo": {"title": None, "description": None},
        "options": [],
        "variants": [],
        "media": [],
        "metafields": [],
        "createdAt": now,
    }
    product |= {name: given[name] for name in _SCALARS if given.get(name) is not None}
    if given.get("seo") is not None:
        product["seo"] = product["seo"] | given["seo"]
    product["updatedAt"] = now
    if not product["title"].strip():
        raise UserError("Title can't be blank", "input", "title", code="INVALID_PRODUCT")
    _handle(state, product, given.get("handle"), is_new=old is None)
    if given.get("metafields") is not None:
        owner = old["id"] if old else None
        metafields.check(
            state, "PRODUCT", owner, given["metafields"], "input", "metafields", code="INVALID_METAFIELD"
        )
        metafields.write(state, "PRODUCT", product, given["metafields"], replace=True)
    if given.get("files") is not None:
        product["media"] = _files(state, product, given["files"])
    variants.write(state, product, given, is_new=old is None)
    return state.put("Product", product)


def _find(state: State, identifier: Doc, given: Doc) -> Doc | None:
    """The product the identifier names; None when productSet has to make it."""
    if not identifier:
        return None
    if given.get("id"):
        raise UserError(
            "The id field is not allowed if identifier is provided.", "input", "id", code="ID_NOT_ALLOWED"
        )
    if identifier.get("id"):
        found = state.get(identifier["id"])
        if not found:
            raise UserError("Product does not exist", "identifier", "id", code="PRODUCT_DOES_NOT_EXIST")
        return found
    if identifier.get("handle"):
        return _by_handle(state, identifier["handle"], given)
    custom = identifier["customId"]
    gid = metafields.owner_of(state, "PRODUCT", custom)
    values = given.get("metafields")
    same = any(
        (item.get("namespace") or metafields.DEFAULT_NAMESPACE, item.get("key"), item.get("value"))
        == (custom.get("namespace") or metafields.DEFAULT_NAMESPACE, custom["key"], custom["value"])
        for item in values or []
    )
    if values is not None and not same:
        raise UserError(
            "The input argument `metafields` (if present) must contain the `customId` value.",
            "input",
            "metafields",
            code="METAFIELD_MISMATCH",
        )
    if gid is None and not same:
        raise UserError(
            "The input field corresponding to the identifier is required.",
            "input",
            "metafields",
            code="MISSING_FIELD_REQUIRED",
        )
    return state.get(gid)


def _by_handle(state: State, handle: str, given: Doc) -> Doc | None:
    found = state.get(state.named("handle", handle))
    if found is None and given.get("handle") != handle:
        code = "INPUT_MISMATCH" if given.get("handle") else "MISSING_FIELD_REQUIRED"
        raise UserError("The handle must be given and be the identifier's.", "input", "handle", code=code)
    return found


def _handle(state: State, product: Doc, wanted: str | None, is_new: bool) -> None:
    if not is_new and not wanted:
        return
    handle = re.sub(r"[^\w-]+", "-", (wanted or product["title"]).lower()).strip("-") or "product"
    holder = state.named("handle", handle)
    if wanted and holder not in (None, product["id"]):
        raise UserError(
            f"Handle '{handle}' already in use. Please provide a new handle.",
            "input",
            "handle",
            code="HANDLE_NOT_UNIQUE",
        )
    number = 0
    stem = handle
    while holder not in (None, product["id"]):
        number += 1
        handle = f"{stem}-{number}"
        holder = state.named("handle", handle)
    product["handle"] = handle
    state.name("handle", handle, product["id"])


def _files(state: State, product: Doc, given: list[Doc]) -> list[str]:
    kept: list[str] = []
    for index, item in enumerate(given):
        where = ("input", "files", str(index))
        if item.get("id"):
            media = state.get(item["id"])
            if not media:
                raise UserError("File id does not exist.", *where, "id", code="INVALID_INPUT")
            if item.get("alt") is not None:
                state.put("MediaImage", media | {"alt": item["alt"]})
            kept.append(media["id"])
        else:
            kept.append(_new_file(state, item, where)["id"])
    for gone in set(product["media"]) - set(kept):
        state.delete(gone)
    return kept


def _new_file(state: State, item: Doc, where: tuple[str, ...]) -> Doc:
    source = item.get("originalSource") or ""
    if not re.match(r"https?://", source):
        raise UserError("Image URL is invalid", *where, "originalSource", code="INVALID_INPUT")
    name: Any = item.get("filename") or source.split("?")[0].rsplit("/", 1)[-1] or "file"
    gid = state.gid("MediaImage")
    if state.named("file", name):
        stem, dot, ending = name.rpartition(".")
        name = f"{stem or ending}_{gid.rsplit('/', 1)[-1]}{dot + ending if stem else ''}"
    state.name("file", name, gid)
    return state.put(
        "MediaImage",
        {
            "id": gid,
            "alt": item.get("alt") or "",
            "filename": name,
            "source": source,
            "status": "UPLOADED",
            "mediaContentType": "IMAGE",
            "errors": [],
            "createdAt": instant(),
            "mimeType": None,
        },
    )
