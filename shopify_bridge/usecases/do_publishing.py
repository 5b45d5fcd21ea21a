"""Showing products and collections in publications, and hiding them there. Twice is as good as once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from ..models import Change, Kind
from .outcome import Bulkable, Done, ParkedError
from .sides import Sides

_DOCUMENTS = {"publish": "BridgePublish", "unpublish": "BridgeUnpublish"}


def show(change: Change, sides: Sides) -> Done:
    """Publish or unpublish one thing."""
    sides.client.write(_DOCUMENTS[change.verb], **_variables(change, resolve(change, sides)))
    return Done()


def resolve(change: Change, sides: Sides) -> str:
    """The gid of a product or collection that may have been made by an earlier phase of the same run."""
    gid = known_as(change, sides)
    if not gid:
        raise ParkedError("it is not in Shopify: making it did not succeed; plan again")
    return gid


def known_as(change: Change, sides: Sides) -> str:
    """The gid of what a change is about, or ""."""
    return known_gids([change], sides).get(change.key, "")


def known_gids(changes: Sequence[Change], sides: Sides) -> dict[str, str]:
    """The gids of what changes are about, by Saleor's id; what is not in Shopify is missing."""
    found: dict[str, str] = {}
    for name, kind in (("collection", Kind.COLLECTION), ("product", Kind.PRODUCT)):
        mine = [change for change in changes if change.payload.get("kind", "product") == name]
        made = [change.key for change in mine if not change.payload.get("gid")]
        found |= sides.gids(kind, made) if made else {}
    return found | {change.key: gid for change in changes if (gid := change.payload.get("gid"))}


def _variables(change: Change, gid: str) -> dict[str, Any]:
    return {"id": gid, "input": [{"publicationId": it} for it in change.payload["publications"]]}


_ahead: WeakKeyDictionary[Sides, dict[str, str]] = WeakKeyDictionary()


def _look(changes: Sequence[Change], sides: Sides) -> None:
    _ahead[sides] = known_gids(changes, sides)


def _line(change: Change, sides: Sides) -> Mapping[str, Any] | None:
    gid = _ahead.get(sides, {}).get(change.key)
    return _variables(change, gid) if gid else None


def _learn(change: Change, sides: Sides, data: Mapping[str, Any]) -> Done:
    return Done()


BULK_PUBLISH = Bulkable(_DOCUMENTS["publish"], _line, _learn, _look)
BULK_UNPUBLISH = Bulkable(_DOCUMENTS["unpublish"], _line, _learn, _look)
