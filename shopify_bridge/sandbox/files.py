"""Files of products: made from a URL, kept apart from the products that use them."""

from __future__ import annotations

import re
from typing import Any

from .errors import UserError
from .state import Doc, State, instant

USES = "uses"
MAX_FILES, MAX_ALT = 250, 512
Path = tuple[str, ...]


def replace(state: State, product: Doc, given: list[Doc]) -> dict[str, str]:
    """productSet's `files`: the product then has these and no others. Answers the new ones by their source.

    Assumed: a file that a product no longer has stays among the store's files.
    """
    if len(given) > MAX_FILES:
        raise UserError(f"Exceeded {MAX_FILES} files.", "input", "files", code="INVALID_INPUT")
    kept: dict[str, None] = {}
    made: dict[str, str] = {}
    for index, item in enumerate(given):
        where = ("input", "files", str(index))
        if item.get("id"):
            gid = known(state, item, where, "INVALID_INPUT")["id"]
        else:
            gid = create(state, item, where, "INVALID_INPUT")["id"]
            made[item["originalSource"]] = gid
        state.links.add(USES, gid, product["id"])
        kept[gid] = None
    for gone in set(product["media"]) - kept.keys():
        state.links.remove(USES, gone, product["id"])
    product["media"] = list(kept)
    return made


def known(state: State, item: Doc, where: Path, code: str) -> Doc:
    """A file that is there, with the fields given changed; raises UserError."""
    media = state.get(item["id"])
    if not media or "/MediaImage/" not in item["id"]:
        raise UserError("File id does not exist.", *where, "id", code=code)
    if item.get("alt") is not None and item["alt"] != media["alt"]:
        _alt(item, where, code)
        media = state.put("MediaImage", media | {"alt": item["alt"], "updatedAt": instant()})
    return media


def create(state: State, item: Doc, where: Path, code: str) -> Doc:
    """A new file, whose picture is fetched later."""
    source = item.get("originalSource") or ""
    if not re.match(r"https?://[^\s/]", source):
        raise UserError("Image URL is invalid", *where, "originalSource", code=code)
    if item.get("contentType") not in (None, "IMAGE"):
        raise UserError("The sandbox takes images only.", *where, "contentType", code=code)
    _alt(item, where, code)
    gid, now = state.gid("MediaImage"), instant()
    name = _name(state, item, source, gid, where)
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
            "createdAt": now,
            "updatedAt": now,
            "mimeType": None,
        },
    )


def _alt(item: Doc, where: Path, code: str) -> None:
    if len(item.get("alt") or "") > MAX_ALT:
        message = f"Alt text is too long (maximum is {MAX_ALT} characters)"
        raise UserError(message, *where, "alt", code=code)


def _name(state: State, item: Doc, source: str, gid: str, where: Path) -> str:
    """The file's name; with something behind it where another file has it."""
    name: Any = item.get("filename") or source.split("?")[0].rsplit("/", 1)[-1] or "file"
    if state.named("file", name):
        if item.get("duplicateResolutionMode") == "RAISE_ERROR":
            raise UserError("Filename is in use.", *where, "filename", code="INVALID_INPUT")
        stem, dot, ending = name.rpartition(".")
        name = f"{stem or ending}_{gid.rsplit('/', 1)[-1]}{dot + ending if stem else ''}"
    state.name("file", name, gid)
    return name


def forget(state: State, product: Doc) -> None:
    """A product is deleted: its files go with it, but for those another product uses."""
    for gid in product["media"]:
        state.links.remove(USES, gid, product["id"])
        if not state.links.count(USES, gid):
            state.delete(gid)


def create_all(state: State, given: list[Doc]) -> list[Doc]:
    """fileCreate: up to 250, all or none."""
    if len(given) > MAX_FILES:
        raise UserError(f"Exceeded {MAX_FILES} files.", "files", code="INVALID")
    return [create(state, item, ("files", str(index)), "INVALID") for index, item in enumerate(given)]


def update_all(state: State, given: list[Doc]) -> list[Doc]:
    """fileUpdate: texts, another picture, and which products use it. Files must be READY or FAILED."""
    return [_update(state, item, ("files", str(index))) for index, item in enumerate(given)]


def _update(state: State, item: Doc, where: Path) -> Doc:
    media = known(state, item, where, "FILE_DOES_NOT_EXIST")
    if media["status"] not in ("READY", "FAILED"):
        raise UserError("Non-ready files cannot be updated.", *where, code="NON_READY_STATE")
    if item.get("originalSource"):
        media |= {
            "source": item["originalSource"],
            "status": "UPLOADED",
            "errors": [],
            "updatedAt": instant(),
        }
        state.put("MediaImage", media)
    for name, adds in (("referencesToAdd", True), ("referencesToRemove", False)):
        for gid in item.get(name) or []:
            _refer(state, media["id"], gid, (*where, name), adds=adds)
    return media


def _refer(state: State, media: str, gid: str, where: Path, *, adds: bool) -> None:
    product = state.get(gid)
    if product is None or "/Product/" not in gid:
        raise UserError("Reference target does not exist.", *where, code="REFERENCE_TARGET_DOES_NOT_EXIST")
    others = [other for other in product["media"] if other != media]
    state.put("Product", product | {"media": [*others, media] if adds else others, "updatedAt": instant()})
    if adds:
        state.links.add(USES, media, gid)
    else:
        state.links.remove(USES, media, gid)


def delete_all(state: State, gids: list[str]) -> list[str]:
    """fileDelete: also from the products that use them."""
    for index, gid in enumerate(gids):
        if state.get(gid) is None or "/MediaImage/" not in gid:
            message = f"File id {gid} does not exist."
            raise UserError(message, "fileIds", str(index), code="FILE_DOES_NOT_EXIST")
        for product in list(state.links.each(USES, gid)):
            _refer(state, gid, product, ("fileIds",), adds=False)
        state.delete(gid)
    return gids


def ready(state: State, gid: str) -> None:
    """A file's picture is done or failed. Assumed: the products that use it have changed, then."""
    now = instant()
    for product in state.many(list(state.links.each(USES, gid))):
        state.put("Product", product | {"updatedAt": now})
