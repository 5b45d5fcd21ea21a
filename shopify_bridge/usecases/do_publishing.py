"""Showing products and collections in publications, and hiding them there. Twice is as good as once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
    kind = Kind.COLLECTION if change.payload.get("kind") == "collection" else Kind.PRODUCT
    return change.payload.get("gid") or sides.gids(kind, [change.key]).get(change.key, "")


def _variables(change: Change, gid: str) -> dict[str, Any]:
    return {"id": gid, "input": [{"publicationId": it} for it in change.payload["publications"]]}


def _line(change: Change, sides: Sides) -> Mapping[str, Any] | None:
    gid = known_as(change, sides)
    return _variables(change, gid) if gid else None


def _learn(change: Change, sides: Sides, data: Mapping[str, Any]) -> Done:
    return Done()


BULK_PUBLISH = Bulkable(_DOCUMENTS["publish"], _line, _learn)
BULK_UNPUBLISH = Bulkable(_DOCUMENTS["unpublish"], _line, _learn)
