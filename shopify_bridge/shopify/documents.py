"""The GraphQL documents the bridge sends, from queries/, with the fragments they use."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

# What may be sent again when nobody knows whether it was carried out: reads, and writes that say
# what is to be, not what is to happen.
IDEMPOTENT = frozenset(
    {
        "BridgeDefine",
        "BridgeSetProduct",
        "BridgeSetGallery",
        "BridgeChangeVariants",
        # Sent twice they are refused the second time, and leave what sending them once does.
        "BridgeAddVariants",
        "BridgeDropVariants",
        "BridgeDeleteProduct",
        "BridgeJoin",
        "BridgeDeleteMetafields",
        "BridgeSetMetafields",
        "BridgeSetStock",
        "BridgeRunBulkQuery",
        "BridgeStageUpload",
        "BridgeTrack",
        "BridgePublish",
        "BridgeUnpublish",
        "BridgeTranslate",
        "BridgeRetract",
        "BridgeSetPrices",
        "BridgeUpdateCollection",
    }
)
_SPREAD = re.compile(r"\.\.\.\s*(Bridge\w+)")
_FRAGMENT = re.compile(r"fragment (\w+) on")


@dataclass(frozen=True)
class Document:
    """One operation. `repeatable`: sending it twice leaves what sending it once does."""

    name: str
    text: str
    repeatable: bool


@cache
def document(name: str) -> Document:
    """The document called `name`."""
    folder = files(__package__) / "queries"
    text = (folder / f"{name}.graphql").read_text()
    parts, seen = [text], set[str]()
    for part in parts:
        for fragment in _SPREAD.findall(part):
            if fragment not in seen:
                seen.add(fragment)
                parts.append(_fragments()[fragment])
    return Document(name, "\n".join(parts), text.lstrip().startswith("query") or name in IDEMPOTENT)


@cache
def _fragments() -> dict[str, str]:
    """The text of each fragment; they are in the files called *_fields."""
    texts = (
        entry.read_text()
        for entry in (files(__package__) / "queries").iterdir()
        if entry.name.endswith("_fields.graphql")
    )
    return {name: text for text in texts for name in _FRAGMENT.findall(text)}


def names() -> list[str]:
    """All operations there are."""
    found = (entry.name.removesuffix(".graphql") for entry in (files(__package__) / "queries").iterdir())
    return sorted(name for name in found if name.startswith("Bridge"))
