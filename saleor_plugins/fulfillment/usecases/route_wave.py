"""Decide many open orders together: ask for a wave, run it, end it.

Orders are read, decided without a lock and without a transaction, and committed one by one, each only if
nothing that its decision depends on has changed meanwhile. A wave may move what open orders are promised and
have not shipped, also where a decision stands: it is asked for, and that is what it is for.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from ...delivery import emit
from ...kernel import clock
from ...kernel.errors import Conflict, Invalid
from ...platform import shop
from ...platform.port import Order
from .. import config
from ..domain.wave.build import Build
from ..domain.wave.decide import Decided, decisions
from ..domain.wave.shelves import Asked
from ..domain.wave.solve import Solved, solve_wave
from ..models import Wave
from ..store import waves as rows
from ..topics import WAVE_DUE
from .commit_wave import Tally, commit_wave
from .load import Facts, load_many
from .open_orders import waiting_for
from .turn_down import without_shipped

logger = logging.getLogger(__name__)

AT_MOST = 1_000
MOST_ORDERS = 10_000
SECONDS = 30
MOST_SECONDS = 3_600
MOST_OPEN = 5
MOST_ATTEMPTS = 3
PAGE = 100
# A worker says that it is alive about every second, but not while the solver is at a model.
UNHEARD = timedelta(minutes=20)
TELL_EVERY = 1.0

Progress = Callable[[str, int, int], None]


class TakenOver(Exception):
    """The wave was ended, or another worker has taken it since."""


def nobody(doing: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True)
class Planned:
    """A wave that is decided and not committed."""

    orders: int
    build: Build
    solved: Solved
    decided: list[Decided]
    seconds: float

    @property
    def outcome(self) -> dict[str, Any]:
        """What its row says. Costs are rounded once."""
        unit, solved = self.build.wave.unit, self.solved
        cost, single, bound = (
            (amount + unit // 2) // unit for amount in (solved.cost, solved.single, solved.bound)
        )
        alone = [entry for entry in self.build.entries if not entry.together]
        note = solved.note
        if alone:
            why = sorted({entry.why for entry in alone if entry.why})
            note = f"{note} {len(alone)} orders were decided alone: {'; '.join(why) or 'nothing to route'}."
        return {
            "orders": self.orders,
            "alone": len(alone),
            "method": solved.method.value,
            "note": note.strip(),
            "currency": self.build.currency,
            "cost": cost,
            "single_cost": single,
            "bound": min(bound, cost),
            "gap": solved.gap,
            "seconds": self.seconds,
        }


def ask_wave(at_most: int = AT_MOST, seconds: int = SECONDS, *, by: str = "", queue: bool = True) -> Wave:
    """A wave over up to `at_most` open orders, to be run by a worker (or by the caller, without `queue`).

    Raises Invalid (``limit``, ``seconds``), Conflict for a sixth wave while five are not done.
    """
    if not 1 <= at_most <= MOST_ORDERS:
        raise Invalid(f"Must be from 1 to {MOST_ORDERS}.", field="limit")
    if not 1 <= seconds <= MOST_SECONDS:
        raise Invalid(f"Must be from 1 to {MOST_SECONDS}.", field="seconds")
    with transaction.atomic():
        if rows.open_waves() >= MOST_OPEN:
            raise Conflict(f"{MOST_OPEN} waves are not done yet.")
        row = rows.add_wave(at_most, seconds, by=by)
        if queue:
            emit(WAVE_DUE, {"waveId": str(row.pk)}, key=str(row.pk))
    return row


def run_wave(key: UUID, progress: Progress = nobody) -> Wave | None:
    """Run a wave that waits, or whose worker died; None when there is nothing to do or another one runs.

    What goes wrong ends the wave as FAILED and is raised. Orders that were committed by then stay so.
    """
    run = rows.claim_wave(key, clock.now() - UNHEARD)
    row = rows.wave(key)
    if run is None or row is None:
        return None
    try:
        _run(row, run, _teller(key, run, progress))
    except TakenOver:
        logger.info("fulfillment_wave_taken_over", extra={"wave_id": str(key)})
    except Exception as error:
        rows.fail_wave(key, f"An error of its own ({type(error).__name__}): see the worker's log.", run=run)
        raise
    return rows.wave(key)


def plan_wave(at_most: int = AT_MOST, seconds: float = SECONDS, progress: Progress = nobody) -> Planned:
    """What a wave would decide now; nothing is locked or written."""
    began = time.thread_time()
    orders = due_orders(at_most, progress)
    progress("facts", 0, len(orders))
    build = Build([_asked(order, facts) for order, facts in orders])
    solved = solve_wave(
        build.wave,
        build.singles(),
        seconds=max(seconds - (time.thread_time() - began), 0.0),
        progress=lambda doing, share: progress(doing, round(share * 100), 100),
    )
    decided = []
    for count, one in enumerate(decisions(build, solved.plans), start=1):
        decided.append(one)
        progress("explain", count, len(build.entries))
    return Planned(len(orders), build, solved, decided, time.thread_time() - began)


def due_orders(at_most: int, progress: Progress = nobody) -> list[tuple[Order, Facts]]:
    """Open orders that are due and not held, oldest first, with their facts."""
    found: list[Order] = []
    for page in _pages():
        held = rows.held_orders([order.id for order in page])
        found += [order for order in page if order.id not in held and not waiting_for(order, "")]
        progress("read", min(len(found), at_most), at_most)
        if len(found) >= at_most:
            break
    found = found[:at_most]
    route_when = config.values()["route_when"]
    facts = (without_shipped(order, some) for order, some in zip(found, load_many(found), strict=True))
    return [
        (order, some)
        for order, some in zip(found, facts, strict=True)
        if not waiting_for(order, some.rules.route_when or route_when)
    ]


def _pages() -> Iterator[list[Order]]:
    after = None
    while page := shop().orders_to_ship(after=after, limit=PAGE):
        after = page[-1].id
        yield page


def _asked(order: Order, facts: Facts) -> Asked:
    return Asked(order.id, facts.request, facts.held)


def _run(row: Wave, run: UUID, tell: Progress) -> None:
    planned = plan_wave(row.at_most, row.budget, tell)
    tally = commit_wave(planned.build, planned.decided, wave=row.pk, by=row.asked_by, progress=tell)
    with transaction.atomic():
        if rows.finish_wave(row.pk, run, **planned.outcome, moved=tally.moved, changed=tally.changed):
            emit("wave.finished", _payload(row, planned, tally), key=str(row.pk))


def _payload(row: Wave, planned: Planned, tally: Tally) -> dict[str, Any]:
    outcome = planned.outcome
    return {
        "waveId": str(row.pk),
        "orders": outcome["orders"],
        "moved": tally.moved,
        "changed": tally.changed,
        "method": outcome["method"],
        "currency": outcome["currency"],
        "cost": outcome["cost"],
        "singleCost": outcome["single_cost"],
        "bound": outcome["bound"],
        "note": outcome["note"],
    }


def recover_waves() -> int:
    """Hand waves whose workers died, or that nobody has begun, to others; end those that died three times."""
    found = rows.waves_to_hand_on(clock.now() - UNHEARD)
    for row in found:
        if row.attempts >= MOST_ATTEMPTS:
            rows.fail_wave(row.pk, f"Its worker died {row.attempts} times.", run=row.run)
        else:
            with transaction.atomic():
                slot = int(clock.now().timestamp() // 60)
                emit(WAVE_DUE, {"waveId": str(row.pk)}, key=f"{row.pk}:{row.attempts}:{slot}")
    return len(found)


def _teller(key: UUID, run: UUID, progress: Progress) -> Progress:
    """Writes progress about every second; raises TakenOver when the wave is not ours any more."""
    last = -TELL_EVERY

    def tell(doing: str, done: int, total: int) -> None:
        nonlocal last
        progress(doing, done, total)
        if time.monotonic() - last >= TELL_EVERY:
            if not rows.note_wave(key, run, doing, min(done, total), total):
                raise TakenOver
            last = time.monotonic()

    return tell
