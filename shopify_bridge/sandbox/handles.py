"""Handles: the readable names in URLs, unique among products and among collections."""

from __future__ import annotations

import re
import unicodedata

from .errors import UserError
from .state import Doc, State


def slug(text: str) -> str:
    """A text as a handle has it: small letters, digits and hyphens."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return re.sub(r"[^\w-]+", "-", plain.lower()).strip("-")[:255]


def give(
    state: State, scope: str, doc: Doc, wanted: str | None, *, is_new: bool, where: tuple[str, ...]
) -> None:
    """Name a document: as it is asked for, refused when another has it; else after its title, with a number
    behind where that is taken."""
    if not is_new and not wanted:
        return
    handle = slug(wanted or doc["title"]) or doc["id"].rsplit("/", 2)[-2].lower()
    holder = state.named(scope, handle)
    if wanted and holder not in (None, doc["id"]):
        code = "HANDLE_NOT_UNIQUE" if where == ("input",) else None
        message = f"Handle '{handle}' already in use. Please provide a new handle."
        raise UserError(message, *where, "handle", code=code)
    if holder not in (None, doc["id"]):
        handle = _free(state, scope, handle)
    doc["handle"] = handle
    state.name(scope, handle, doc["id"])


def _free(state: State, scope: str, stem: str) -> str:
    """The stem with the next number nobody has: counted by stem: a thousand cost no more."""
    while True:
        handle = f"{stem}-{state.number(f'{scope} {stem}')}"
        if state.named(scope, handle) is None:
            return handle
