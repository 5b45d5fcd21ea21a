"""What Saleor's collections and categories need in Shopify. Membership is written with the products."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..domain import collections as rules_of
from ..domain.extras import plan_extras
from ..domain.model import Collection
from ..domain.owners import Rules
from ..domain.plan import Action
from ..models import Kind
from ..shopify.collections import Collections, Found
from .check_extras import facts, sound
from .plan_extras import said
from .sides import Sides


def collection_gids(sides: Sides) -> dict[str, str]:
    """Shopify's collections by Saleor's ids, of those that are mirrored."""
    rows = sides.mappings(Kind.COLLECTION).filter(gid__isnull=False).values_list("key", "gid")
    return {key: gid for key, gid in rows if rules_of.mirrored(key, sides.policy)}


def plan_collections(sides: Sides, notes: Any) -> Iterator[Action]:
    """Actions for collections and categories, with their publications and translations."""
    policy = sound(sides)
    if not (policy.collections or policy.categories):
        return
    rows = sides.mappings(Kind.COLLECTION).values_list("key", "gid", "echo")
    known = {key: (gid, echo) for key, gid, echo in rows}
    there = _Store(Collections(sides.client, policy).all())
    kinds: set[bool] = set()
    for wanted in sides.source.collections():
        if not rules_of.mirrored(wanted.key, policy):
            continue
        kinds.add(rules_of.is_category(wanted.key))
        gid, echo = known.get(wanted.key, ("", {}))
        seen, by = there.find(wanted, gid, policy.same_handle == "link", notes)
        actions = list(_needs(sides, wanted, seen, by, echo))
        if seen and gid != seen.gid and not any(action.verb == "collect" for action in actions):
            actions.insert(0, rules_of.remember(wanted, seen))
        yield from actions
    for seen in there.left():
        # A kind that Saleor shows nothing of is not taken for gone.
        if rules_of.mirrored(seen.key, policy) and rules_of.is_category(seen.key) in kinds:
            gone = rules_of.plan_gone(seen, policy)
            if gone:
                yield gone


def plan_one_collection(sides: Sides, key: str, notes: Any) -> list[Action]:
    """What one collection or category needs: of Shopify only its mirror is read, once there is one."""
    gid = collection_gids(sides).get(key)
    seen = Collections(sides.client, sound(sides)).one(gid) if gid else None
    wanted = next((it for it in sides.source.collections() if it.key == key), None) if seen else None
    if not seen or not wanted or seen.collection.key != key:
        return [action for action in plan_collections(sides, notes) if action.key == key]
    echo = sides.mappings(Kind.COLLECTION).filter(key=key).values_list("echo", flat=True).first() or {}
    return list(_needs(sides, wanted, seen.collection, "key", echo))


def _needs(
    sides: Sides, wanted: Collection, seen: Collection | None, by: str, echo: Mapping[str, Any]
) -> Iterator[Action]:
    """The collection itself, then where it is shown and its texts."""
    policy = sound(sides)
    action = rules_of.plan_collection(wanted, seen, by, Rules(policy=policy, echo=echo))
    if action:
        yield action
    changed = frozenset(change.path for change in action.fields) if action else frozenset[str]()
    yield from plan_extras(wanted, seen, policy, said(sides), facts(sides).ways, changed)


class _Store:
    """The store's collections by our key, by gid and by handle."""

    def __init__(self, found: Iterator[Found]):
        self._free: dict[str, Found] = {}
        self._keys: dict[str, str] = {}
        self._handles: dict[str, str] = {}
        for item in found:
            gid = item.collection.gid
            self._free[gid] = item
            self._handles[item.collection.handle] = gid
            if item.collection.key:
                self._keys[item.collection.key] = gid

    def find(
        self, wanted: Collection, gid: str, by_handle: bool, notes: Any
    ) -> tuple[Collection | None, str]:
        """The collection that mirrors `wanted`, and how it was found."""
        for candidate, by in ((self._keys.get(wanted.key, ""), "key"), (gid, "gid")):
            found = self._free.get(candidate)
            if found and found.collection.key in ("", wanted.key):
                del self._free[candidate]
                return found.collection, by
        return self._same_handle(wanted, by_handle, notes)

    def _same_handle(self, wanted: Collection, by_handle: bool, notes: Any) -> tuple[Collection | None, str]:
        candidate = self._handles.get(wanted.handle, "")
        found = self._free.get(candidate)
        if not found or found.collection.key:
            return None, ""
        if by_handle and not found.smart:
            del self._free[candidate]
            return found.collection, "handle"
        what = "is filled by rules" if found.smart else "is the merchant's"
        notes.say(
            f"the collection “{found.collection.title}” with the handle {wanted.handle} {what}: "
            f"{wanted.title} gets one of its own"
        )
        return None, ""

    def left(self) -> Iterator[Collection]:
        """Those with our key that were not found."""
        for item in self._free.values():
            if item.collection.key:
                yield item.collection
