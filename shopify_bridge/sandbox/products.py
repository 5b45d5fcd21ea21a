"""productSet and its kin: what they refuse, and what they store.

Lists given replace what is there (variants, media, metafields, collections not named go); scalars and
lists not given stay as they are.
"""

from __future__ import annotations

from typing import Any

from . import collections, definitions, files, handles, metafields, options, variants
from .errors import UserError
from .state import Doc, State, instant

_SCALARS = (
    *("title", "descriptionHtml", "productType", "status", "tags", "vendor"),
    *("templateSuffix", "requiresSellingPlan"),
)
MAX_TITLE, MAX_HTML, MAX_TAGS = 255, 512 * 1024, 250
Path = tuple[str, ...]


def product_set(state: State, identifier: Doc | None, given: Doc) -> Doc:
    """Make or update one product; raises UserError and stores nothing when it refuses."""
    old = _find(state, identifier or {}, given)
    is_new = old is None
    product = old or _blank(state)
    _scalars(product, given, ("input",), "INVALID_PRODUCT")
    handles.give(state, "handle", product, given.get("handle"), is_new=is_new, where=("input",))
    if given.get("metafields") is not None:
        owner, path = (None if is_new else product["id"]), ("input", "metafields")
        metafields.check(state, "PRODUCT", owner, given["metafields"], *path, code="INVALID_METAFIELD")
        metafields.write(state, "PRODUCT", product, given["metafields"], replace=True)
    made = files.replace(state, product, given["files"]) if given.get("files") is not None else {}
    variants.write(state, product, given, is_new, made)
    if given.get("collections") is not None:
        collections.set_of(state, product, given["collections"])
    collections.match(state, product)
    return state.put("Product", product)


def product_set_later(state: State, identifier: Doc | None, given: Doc) -> Doc:
    """An operation that makes or updates a product, with what it came to."""
    product, errors = None, []
    try:
        with state.transaction():
            product = product_set(state, identifier, given)["id"]
    except UserError as error:
        errors.append(error.entry)
    gid = state.gid("ProductSetOperation")
    doc = {"id": gid, "status": "COMPLETE", "product": product, "userErrors": errors}
    return state.put("ProductSetOperation", doc)


def _blank(state: State) -> Doc:
    return {
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
        "publications": {},
        "createdAt": instant(),
    }


def _scalars(product: Doc, given: Doc, where: Path, code: str | None) -> None:
    product |= {name: given[name] for name in _SCALARS if given.get(name) is not None}
    if given.get("seo") is not None:
        product["seo"] = product["seo"] | given["seo"]
    if given.get("tags") is not None:
        # Tags are a set, without regard to case, in the order of the alphabet.
        tags = {tag.strip().lower(): tag.strip() for tag in reversed(given["tags"]) if tag.strip()}
        product["tags"] = sorted(tags.values())
    product["updatedAt"] = instant()
    if not product["title"].strip():
        raise UserError("Title can't be blank", *where, "title", code=code)
    if len(product["title"]) > MAX_TITLE:
        message = f"Title is too long (maximum is {MAX_TITLE} characters)"
        raise UserError(message, *where, "title", code=code)
    if len(product["descriptionHtml"].encode()) > MAX_HTML:
        raise UserError("Body (HTML) is too big (maximum is 512 KB)", *where, "descriptionHtml", code=code)
    if len(product["tags"]) > MAX_TAGS:
        raise UserError(f"Product can't have more than {MAX_TAGS} tags", *where, "tags", code=code)


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
    values, wanted = given.get("metafields"), _named(custom)
    same = any(_named(item) == wanted for item in values or [])
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


def _named(item: Doc) -> tuple[str, Any, Any]:
    return definitions.full_namespace(item.get("namespace")), item.get("key"), item.get("value")


def _by_handle(state: State, handle: str, given: Doc) -> Doc | None:
    found = state.get(state.named("handle", handle))
    if found is None and given.get("handle") != handle:
        code = "INPUT_MISMATCH" if given.get("handle") else "MISSING_FIELD_REQUIRED"
        raise UserError("The handle must be given and be the identifier's.", "input", "handle", code=code)
    return found


def delete(state: State, gid: str) -> str:
    """productDelete: with its variants, stock, media and places in collections."""
    product = state.get(gid)
    if product is None or "/Product/" not in gid:
        raise UserError("Product does not exist", "id")
    for variant in product["variants"]:
        variants.delete(state, variant)
    files.forget(state, product)
    for part in options.parts(product["options"]):
        state.links.remove("translated", part, "")
    state.links.forget(gid, collections.MEMBER, collections.AUTO, "translated", options.PART)
    state.delete(gid)
    return gid


def update(state: State, identifier: Doc | None, given: Doc | None) -> Doc:
    """productUpdate: the product's own fields; metafields given are added to those that are there."""
    given = given or {}
    gid = (identifier or {}).get("id") or given.get("id")
    if (identifier or {}).get("handle"):
        gid = state.named("handle", str((identifier or {})["handle"]))
    if (identifier or {}).get("customId"):
        gid = metafields.owner_of(state, "PRODUCT", (identifier or {})["customId"])
    product = state.get(gid)
    if product is None or "/Product/" not in product["id"]:
        raise UserError("Product does not exist", "id")
    _scalars(product, given, ("product",), None)
    handles.give(state, "handle", product, given.get("handle"), is_new=False, where=("product",))
    if given.get("metafields") is not None:
        path = ("product", "metafields")
        metafields.check(state, "PRODUCT", product["id"], given["metafields"], *path, code="INVALID")
        metafields.write(state, "PRODUCT", product, given["metafields"], replace=False)
    joined = [*state.links.owners(collections.MEMBER, product["id"]), *(given.get("collectionsToJoin") or [])]
    left = set(given.get("collectionsToLeave") or [])
    if given.get("collectionsToJoin") or left:
        collections.set_of(state, product, [item for item in joined if item not in left])
    collections.match(state, product)
    return state.put("Product", product)
