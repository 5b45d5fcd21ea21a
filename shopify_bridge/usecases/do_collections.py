"""Making, joining, changing and taking away collections: exactly what was planned, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..domain import collections as rules_of
from ..domain.model import Collection
from ..domain.owners import Rules
from ..models import Change, Kind
from ..shopify.collections import Collections, changed_input, create_input, from_node
from ..shopify.errors import Unknown, UserErrors
from ..shopify.inputs import metafield
from .outcome import Done, LaterError, Link, ParkedError
from .sides import Sides

_DOCUMENT = "BridgeCreateCollection"


def collect(change: Change, sides: Sides) -> Done:
    """Do what the plan says with one collection."""
    return _DO[change.payload["do"]](change, sides)


def _create(change: Change, sides: Sides) -> Done:
    wanted = rules_of.from_json(change.payload["collection"])
    found = _reader(sides).by_key(wanted.key)
    if found:
        return _done(sides, wanted, found.collection, _ALL)
    try:
        payload = _made(sides, create_input(wanted))
    except Unknown as error:
        raise LaterError(f"{error.message}: looking for it", 2) from None
    return _done(sides, wanted, from_node(payload["collection"]), _ALL)


def _made(sides: Sides, given: dict[str, Any]) -> dict[str, Any]:
    """Its handle may be taken, by something of the merchant's; Shopify then finds one."""
    try:
        return sides.client.write(_DOCUMENT, collection=given)
    except UserErrors as error:
        if not any("handle" in (entry.get("field") or []) for entry in error.entries):
            raise
    return sides.client.write(_DOCUMENT, collection={k: v for k, v in given.items() if k != "handle"})


def _update(change: Change, sides: Sides) -> Done:
    wanted = rules_of.from_json(change.payload["collection"])
    found = _reader(sides).one(change.payload["gid"])
    if found is None:
        raise ParkedError("it was deleted in Shopify since the plan")
    seen = found.collection
    if seen.key not in ("", wanted.key):
        raise ParkedError("it is the mirror of another collection by now; plan again")
    paths = _remaining(change, sides, wanted, seen)
    if seen.key != wanted.key:
        sides.client.write("BridgeSetMetafields", metafields=[metafield(wanted.key) | {"ownerId": seen.gid}])
    given = changed_input(wanted, paths)
    if given:
        payload = sides.client.write("BridgeUpdateCollection", collection=given | {"id": seen.gid})
        seen = from_node(payload["collection"])
    return _done(sides, wanted, seen, frozenset(paths))


def _remaining(change: Change, sides: Sides, wanted: Collection, seen: Collection) -> list[str]:
    """What is still to be written; parks when Shopify is not as the plan saw it."""
    now, _ = rules_of.changes(wanted, seen, Rules(policy=sides.policy, echo=_echo(sides, wanted.key)))
    planned = {item["path"]: item["before"] for item in change.payload["fields"]}
    drift = [item.path for item in now if item.path not in planned or planned[item.path] != item.before]
    if drift:
        raise ParkedError(f"changed in Shopify since the plan: {', '.join(drift)}; plan again")
    return [item.path for item in now]


def _remember(change: Change, sides: Sides) -> Done:
    wanted = rules_of.from_json(change.payload["collection"])
    found = _reader(sides).one(change.payload["gid"])
    if found is None or found.collection.key != wanted.key:
        raise ParkedError("it is not there any more; plan again")
    return _done(sides, wanted, found.collection, frozenset())


def _delete(change: Change, sides: Sides) -> Done:
    """Take it away, when it still is the mirror of what Saleor no longer has."""
    found = _reader(sides).one(change.payload["gid"])
    if found and found.collection.key != change.key:
        raise ParkedError("it is no mirror of Saleor's any more; it stays")
    if found:
        sides.client.write("BridgeDeleteCollection", id=change.payload["gid"])
    sides.mappings(Kind.COLLECTION).filter(key=change.key).delete()
    sides.mappings(Kind.TEXTS).filter(key=change.key).delete()
    return Done()


def _reader(sides: Sides) -> Collections:
    return Collections(sides.client, sides.policy)


def _echo(sides: Sides, key: str) -> Mapping[str, Any]:
    return sides.mappings(Kind.COLLECTION).filter(key=key).values_list("echo", flat=True).first() or {}


def _done(sides: Sides, wanted: Collection, written: Collection, paths: frozenset[str]) -> Done:
    echo = rules_of.kept_echo(_echo(sides, wanted.key), wanted, written, paths)
    return Done((Link(Kind.COLLECTION, wanted.key, written.gid, echo=echo),))


_ALL = frozenset(("title", "description", "seo title", "seo description", "picture"))
_DO = {
    "create": _create,
    "link": _update,
    "update": _update,
    "remember": _remember,
    "delete": _delete,
}
