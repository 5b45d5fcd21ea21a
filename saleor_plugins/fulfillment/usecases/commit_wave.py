"""Commit a wave's decisions, each under its own locks; who only can swap stock, together."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.db import transaction

from ...delivery.deadlocks import unlocked
from ...kernel.errors import Conflict, InsufficientStock, NotFound
from ...platform import shop
from ...platform.port import Allocation
from ..domain.sourcing.record import slots
from ..domain.wave.build import Build
from ..domain.wave.decide import Decided
from ..domain.wave.order import Swap, groups
from ..domain.wave.shelves import Place
from .commit_plan import Verdict, commit_plan
from .route_order import Trigger, route_order

logger = logging.getLogger(__name__)

Slots = Mapping[tuple[str, str], int]

# Others were faster, perhaps another order of the same wave that moves away later.
AGAIN = (Verdict.STOCK, Verdict.CAPACITY)
KEPT = (Verdict.COMMITTED, Verdict.SAME)


@dataclass
class Tally:
    """What became of the orders: `moved` have a new decision of the wave, `changed` were routed singly."""

    moved: int = 0
    same: int = 0
    changed: int = 0


class _Undone(Exception):
    """One of a group could not be committed, so none is."""


def commit_wave(
    build: Build,
    decided: Sequence[Decided],
    *,
    wave: UUID,
    by: str = "",
    progress: Callable[[str, int, int], None] = lambda doing, done, total: None,
) -> Tally:
    """Commit what was decided, in an order in which nothing is promised twice.

    An order that has changed meanwhile, or lost its stock to somebody else, is routed singly.
    """
    by_key = {one.entry.asked.key: one for one in decided}
    tally, later = Tally(), list[Decided]()
    done = 0
    for keys in groups(_swaps(build, decided), _free(build)):
        some = [by_key[key] for key in keys]
        verdicts = _group(some, wave, by) if len(some) > 1 else None
        if verdicts is None:
            verdicts = [_one(one, wave, by, one.entry.asked.held) for one in some]
        for one, verdict in zip(some, verdicts, strict=True):
            if verdict in AGAIN:
                later.append(one)
            else:
                _count(one, verdict, tally)
        done += len(some)
        progress("commit", done, len(decided))
    for one in later:
        _count(one, _one(one, wave, by, one.entry.asked.held), tally)
    return tally


def _swaps(build: Build, decided: Sequence[Decided]) -> list[Swap]:
    return [Swap(one.entry.asked.key, build.own[one.entry.asked.key], one.takes) for one in decided]


def _free(build: Build) -> dict[Place, int]:
    """What nobody holds and may be promised."""
    return {place: units - build.kept(place[0]) for place, units in build.base.items()}


def _one(one: Decided, wave: UUID, by: str, held: Slots) -> Verdict | None:
    """None for an order that is gone. `held` is what it must hold for its plan to be right."""
    asked = one.entry.asked
    try:
        made = commit_plan(asked.key, one.decision, wave=wave, request=asked.request, held=held, by=by)
        return made.verdict
    except NotFound:
        return None
    except Conflict:
        return Verdict.CHANGED


def _group(some: Sequence[Decided], wave: UUID, by: str) -> list[Verdict | None] | None:
    """The orders' verdicts, all of which keep the plans; None when nothing was changed."""
    try:
        return unlocked(partial(_together, some, wave, by))
    except (_Undone, InsufficientStock, NotFound, Conflict):
        return None


def _together(some: Sequence[Decided], wave: UUID, by: str) -> list[Verdict | None]:
    """Swap the allocations first; each commit then finds them as it wants them."""
    with transaction.atomic():
        plans = [_plan(one) for one in some]
        shop().allocate_many(
            {
                one.entry.asked.key: [Allocation(*slot, units) for slot, units in sorted(plan.items())]
                for one, plan in zip(some, plans, strict=True)
            }
        )
        verdicts = [_one(one, wave, by, plan) for one, plan in zip(some, plans, strict=True)]
        if any(verdict not in KEPT for verdict in verdicts):
            raise _Undone
        return verdicts


def _plan(one: Decided) -> Slots:
    """What the order is to hold: its parcels' units, and what its other lines hold already."""
    wanted = slots(one.decision.parcels)
    routed = {line.id for line in one.entry.prepared.lines}
    kept = {slot: n for slot, n in one.entry.asked.held.items() if slot[0] not in routed}
    return {slot: units for slot, units in {**kept, **wanted}.items() if units}


def _count(one: Decided, verdict: Verdict | None, tally: Tally) -> None:
    if verdict is Verdict.COMMITTED:
        tally.moved += 1
    elif verdict is Verdict.SAME:
        tally.same += 1
    elif verdict not in (None, Verdict.HELD, Verdict.NOT_DUE):
        tally.changed += 1
        _alone(one.entry.asked.key)


def _alone(order_id: str) -> None:
    try:
        route_order(order_id, trigger=Trigger.EVENT)
    except (NotFound, InsufficientStock) as error:
        # The sweeper looks at it again.
        logger.info("fulfillment_wave_left", extra={"order_id": order_id, "reason": error.message})
