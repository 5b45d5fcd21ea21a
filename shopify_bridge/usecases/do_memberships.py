"""Putting products that are there into mirrored collections, and taking them out: the others they are in, by
hand or by rules, are not even named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..models import Change, Kind
from .outcome import Bulkable, Done
from .sides import Sides


def join(change: Change, sides: Sides) -> Done:
    """Let one product join and leave. A collection that could not be made is left to the next plan."""
    given = _line(change, sides)
    if given:
        sides.client.write("BridgeJoin", **given)
    return Done()


def _line(change: Change, sides: Sides) -> Mapping[str, Any] | None:
    wanted: dict[str, list[str]] = {
        "collectionsToJoin": change.payload["join"],
        "collectionsToLeave": change.payload["leave"],
    }
    known = sides.gids(Kind.COLLECTION, [key for keys in wanted.values() for key in keys])
    gids = {name: [known[key] for key in keys if key in known] for name, keys in wanted.items()}
    given = {name: found for name, found in gids.items() if found}
    return {"product": {"id": change.payload["gid"], **given}} if given else None


def _learn(change: Change, sides: Sides, data: Mapping[str, Any]) -> Done:
    return Done()


BULK_JOIN = Bulkable("BridgeJoin", _line, _learn)
