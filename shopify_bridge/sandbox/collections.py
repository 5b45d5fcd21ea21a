"""Collections: products chosen by hand, or by conditions.

What a collection holds is kept in links: `member` for products chosen by hand, `auto` for those that meet its
conditions. Assumed: a collection made without sources has one, empty, that productSet's `collections` fills;
one with conditions takes no product by hand.
"""

from __future__ import annotations

from typing import Any

from . import handles, metafields
from .errors import UserError, bad_request
from .state import Doc, State, instant

MEMBER, AUTO, SMART = "member", "auto", "smart"
MAX_SELECTIONS = 250
_SCALARS = ("title", "descriptionHtml", "sortOrder", "templateSuffix")


def create(state: State, given: Doc | None) -> Doc:
    """collectionCreate; not published anywhere."""
    given = _given(given)
    doc: Doc = {
        "id": state.gid("Collection"),
        "title": "",
        "descriptionHtml": "",
        "sortOrder": "BEST_SELLING",
        "templateSuffix": None,
        "seo": {"title": None, "description": None},
        "image": None,
        "sources": [],
        "metafields": [],
        "publications": {},
    }
    _write(state, doc, given, is_new=True)
    sources = [_source(item) for item in given.get("sources") or []] or [{"title": given["title"]}]
    for source in sources:
        _add_source(state, doc, source)
    state.put("Collection", doc)
    _refresh(state, doc)
    return doc


def update(state: State, given: Doc | None) -> Doc:
    """collectionUpdate: what is given, and its sources' changes."""
    given = _given(given)
    doc = state.get(given.get("id"))
    if doc is None or "/Collection/" not in doc["id"]:
        raise UserError("Collection does not exist", "collection", "id")
    _write(state, doc, given, is_new=False)
    for gid in given.get("sourcesToDelete") or []:
        _drop_source(state, doc, gid)
    for item in given.get("sourcesToCreate") or []:
        _add_source(state, doc, _source(item))
    for item in given.get("sourcesToUpdate") or []:
        _change_source(state, doc, item.get("condition") or {})
    state.put("Collection", doc)
    _refresh(state, doc)
    return doc


def delete(state: State, gid: str) -> str:
    """collectionDelete; its products stay."""
    doc = state.get(gid)
    if doc is None or "/Collection/" not in gid:
        raise UserError("Collection does not exist", "input", "id")
    state.links.forget(gid, MEMBER, AUTO, SMART, "translated")
    state.delete(gid)
    return gid


def is_smart(doc: Doc) -> bool:
    """Whether conditions choose its products."""
    return any(source["conditions"] for source in doc["sources"])


def set_of(state: State, product: Doc, wanted: list[str]) -> None:
    """productSet's `collections`: the product is then in these by hand and no others."""
    docs = []
    for index, gid in enumerate(dict.fromkeys(wanted)):
        doc = state.get(gid)
        where = ("input", "collections", str(index))
        if doc is None or "/Collection/" not in gid:
            raise UserError("Collection does not exist", *where, code="INVALID_INPUT")
        if is_smart(doc):
            message = f"Can't manually add products to smart collection {doc['title']}"
            raise UserError(message, *where, code="INVALID_INPUT")
        docs.append(doc)
    had = set(state.links.owners(MEMBER, product["id"]))
    for doc in docs:
        if doc["id"] not in had:
            _join(state, doc, product["id"])
    for gid in had - set(wanted):
        leave(state, gid, product["id"])


def leave(state: State, gid: str, product: str) -> None:
    """Take a product out of a collection."""
    if state.links.remove(MEMBER, gid, product) and (doc := state.get(gid)):
        state.put("Collection", doc | {"updatedAt": instant()})


def match(state: State, product: Doc) -> None:
    """Put a product into the collections whose conditions it meets, and out of the others."""
    for gid in state.links.each(SMART, "store"):
        doc = state.get(gid)
        if doc is not None:
            _place(state, doc, product)


def _join(state: State, doc: Doc, product: str) -> None:
    state.links.add(MEMBER, doc["id"], product, doc["sources"][0]["id"])
    state.put("Collection", doc | {"updatedAt": instant()})


def _place(state: State, doc: Doc, product: Doc) -> None:
    fits = any(_meets(source, product) for source in doc["sources"] if source["conditions"])
    if fits and not state.links.has(AUTO, doc["id"], product["id"]):
        state.links.add(AUTO, doc["id"], product["id"])
    elif not fits:
        state.links.remove(AUTO, doc["id"], product["id"])


def _meets(source: Doc, product: Doc) -> bool:
    tags = {tag.lower() for tag in product["tags"]}
    met = []
    for condition in source["conditions"]:
        values = [value.lower() in tags for value in condition["values"]]
        has = all(values) if condition["matchType"] == "ALL" else any(values)
        met.append(has if condition["relation"] == "TAGGED_WITH" else not has)
    return all(met) if source["matchType"] == "ALL" else any(met)


def _refresh(state: State, doc: Doc) -> None:
    """Find every product that meets the conditions: the one call here whose work grows with the store."""
    if not is_smart(doc):
        state.links.remove(SMART, "store", doc["id"])
        return
    state.links.add(SMART, "store", doc["id"])
    after = 0
    while rows := state.page("Product", after, 500):
        for _, product in rows:
            _place(state, doc, product)
        after = rows[-1][0]


def _given(given: Doc | None) -> Doc:
    if given is None:
        raise bad_request("collection must be given.", "INVALID_FIELD_ARGUMENTS")
    return given


def _write(state: State, doc: Doc, given: Doc, *, is_new: bool) -> None:
    doc |= {name: given[name] for name in _SCALARS if given.get(name) is not None}
    if not doc["title"].strip():
        raise UserError("Title can't be blank", "collection", "title")
    if len(doc["title"]) > 255:
        raise UserError("Title is too long (maximum is 255 characters)", "collection", "title")
    if given.get("seo") is not None:
        doc["seo"] = doc["seo"] | given["seo"]
    if "image" in given:
        doc["image"] = _image(given["image"])
    handles.give(state, "collection handle", doc, given.get("handle"), is_new=is_new, where=("collection",))
    if given.get("metafields") is not None:
        owner = None if is_new else doc["id"]
        where = ("collection", "metafields")
        metafields.check(state, "COLLECTION", owner, given["metafields"], *where, code="INVALID")
        metafields.write(state, "COLLECTION", doc, given["metafields"], replace=False)
    doc["updatedAt"] = instant()


def _image(given: Doc | None) -> Doc | None:
    if not given or not (given.get("src") or given.get("id")):
        return None
    if given.get("src") and not str(given["src"]).startswith(("http://", "https://")):
        raise UserError("Image src is invalid", "collection", "image", "src")
    return {"src": given.get("src"), "altText": given.get("altText")}


def _source(item: Doc) -> Doc:
    if item.get("source") is None:
        raise UserError("Exactly one source must be given.", "collection", "sources")
    return item["source"]


def _add_source(state: State, doc: Doc, given: Doc) -> None:
    inclusion = given.get("inclusion") or {}
    source = {
        "id": state.gid("CollectionConditionsSource"),
        "title": given["title"],
        "description": given.get("description"),
        "targetType": given.get("targetType") or "PRODUCTS",
        "matchType": inclusion.get("matchType"),
        "conditions": [_condition(state, item) for item in inclusion.get("conditions") or []],
    }
    if source["conditions"] and not source["matchType"]:
        source["matchType"] = "ALL"
    doc["sources"].append(source)
    _select(state, doc, source, inclusion.get("selections") or [])


def _condition(state: State, given: Doc) -> Doc:
    tag = given.get("productTag")
    if tag is None:
        raise UserError("The sandbox knows conditions on tags only.", "collection", "sources")
    return {"id": state.gid("CollectionSourceInclusionConditionProductTag"), **tag}


def _change_source(state: State, doc: Doc, given: Doc) -> None:
    source = next((item for item in doc["sources"] if item["id"] == given.get("id")), None)
    if source is None:
        raise UserError("Source does not exist", "collection", "sourcesToUpdate")
    source |= {name: given[name] for name in ("title", "description") if given.get(name) is not None}
    inclusion: Doc = given.get("inclusion") or {}
    if inclusion.get("matchType"):
        source["matchType"] = inclusion["matchType"]
    gone = set(inclusion.get("conditionsToDelete") or [])
    source["conditions"] = [item for item in source["conditions"] if item["id"] not in gone]
    source["conditions"] += [_condition(state, item) for item in inclusion.get("conditionsToCreate") or []]
    _select(state, doc, source, inclusion.get("selectionsToAdd") or [])
    for item in _limited(inclusion.get("selectionsToRemove") or []):
        state.links.remove(MEMBER, doc["id"], item["productId"])


def _drop_source(state: State, doc: Doc, gid: str) -> None:
    if not any(item["id"] == gid for item in doc["sources"]):
        raise UserError("Source does not exist", "collection", "sourcesToDelete")
    doc["sources"] = [item for item in doc["sources"] if item["id"] != gid]
    for _, product, source in state.links.members(MEMBER, doc["id"]):
        if source == gid:
            state.links.remove(MEMBER, doc["id"], product)


def _select(state: State, doc: Doc, source: Doc, selections: list[Doc]) -> None:
    for index, item in enumerate(_limited(selections)):
        product = state.get(item["productId"])
        if product is None or "/Product/" not in item["productId"]:
            raise UserError("Product does not exist", "collection", "sources", str(index), "productId")
        state.links.add(MEMBER, doc["id"], product["id"], source["id"])


def _limited(items: list[Any]) -> list[Any]:
    if len(items) > MAX_SELECTIONS:
        raise bad_request(
            f"The input array size of {len(items)} is greater than the maximum allowed of {MAX_SELECTIONS}.",
            "MAX_INPUT_SIZE_EXCEEDED",
        )
    return items
