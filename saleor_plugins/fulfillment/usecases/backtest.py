"""Replay past orders under other rules: ask for a run, run it, end it. Nothing is written but its row."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from ...delivery import emit
from ...kernel import clock
from ...kernel.errors import Conflict, Invalid, NotFound, OpsError
from ...platform import shop
from ..domain.backtest.replay import replay
from ..domain.backtest.stock import Start
from ..models import Backtest
from ..store import backtests as rows
from ..topics import BACKTEST_DUE
from .backtest_scenarios import columns, past_orders, supply, world
from .backtest_settings import MOST_DAYS, Settings, checked
from .backtest_words import notes, proposal

logger = logging.getLogger(__name__)

MOST_ORDERS = 100_000
MOST_OPEN = 5
MOST_ATTEMPTS = 3
# A worker says that it is alive about every second; the longest decision takes half of one.
UNHEARD = timedelta(minutes=2)
TELL_EVERY = 1.0

Progress = Callable[[int, int], None]


class TakenOver(Exception):
    """The run was cancelled, or another worker has taken it since."""


def ask_backtest(days: int, *, by: str = "", queue: bool = True, **asked: Any) -> Backtest:
    """A run over the last `days`, to be done by a worker (or by the caller, without `queue`).

    `asked` are `backtest_settings.checked`'s. Raises what that raises, Invalid (``days``) for more than
    100,000 orders, Conflict for a sixth run while five are not done.
    """
    until = clock.now()
    since = until - timedelta(days=min(max(days, 1), MOST_DAYS))
    settings = checked(days, world(since, until).rates.currency, **asked)
    count = shop().count_orders(since, until, settings.channel)
    if count > MOST_ORDERS:
        raise Invalid(f"{count:,} orders; at most {MOST_ORDERS:,} can be replayed.", field="days")
    with transaction.atomic():
        if rows.open_backtests() >= MOST_OPEN:
            raise Conflict(f"{MOST_OPEN} runs are not done yet: wait for one or cancel it.")
        row = rows.add_backtest(settings.as_json(), by=by)
        if queue:
            emit(BACKTEST_DUE, {"backtestId": str(row.pk)}, key=str(row.pk))
    return row


def run_backtest(key: UUID, progress: Progress = lambda done, total: None) -> Backtest | None:
    """Do a run that waits, or whose worker died; None when there is nothing to do.

    What goes wrong ends the run as FAILED: with its message when it is the input's fault, else it is
    raised too.
    """
    run = rows.claim_backtest(key, clock.now() - UNHEARD)
    row = rows.backtest(key)
    if run is None or row is None:
        return None
    try:
        rows.finish_backtest(key, run, _replay(row, run, progress))
    except TakenOver:
        logger.info("fulfillment_backtest_taken_over", extra={"backtest_id": str(key)})
    except OpsError as error:
        rows.fail_backtest(key, error.message, run=run)
    except Exception as error:
        rows.fail_backtest(
            key, f"An error of its own ({type(error).__name__}): see the worker's log.", run=run
        )
        raise
    return rows.backtest(key)


def cancel_backtest(key: UUID) -> Backtest:
    """Stop a run. Raises NotFound (``id``), Conflict (``id``) when it has ended."""
    if rows.backtest(key) is None:
        raise NotFound("No such run.", field="id")
    if not rows.fail_backtest(key, "Cancelled."):
        raise Conflict("It has ended.", field="id")
    found = rows.backtest(key)
    assert found is not None, "runs are never deleted"
    return found


def recover_backtests() -> int:
    """Hand runs whose workers died to others, and end those that died three times; answers how many.

    One that waits for long gets a second message: a worker may have died with the first in its hands.
    """
    found = rows.unheard(clock.now() - UNHEARD)
    for row in found:
        if row.attempts >= MOST_ATTEMPTS:
            rows.fail_backtest(row.pk, f"Its worker died {row.attempts} times.", run=row.run)
        else:
            with transaction.atomic():
                emit(BACKTEST_DUE, {"backtestId": str(row.pk)}, key=f"{row.pk}:{row.attempts}")
    return len(found)


def _replay(row: Backtest, run: UUID, progress: Progress) -> dict[str, Any]:
    settings = Settings(**row.settings)
    until = row.created
    since = until - timedelta(days=settings.days)
    total = shop().count_orders(since, until, settings.channel)
    tell = _teller(row.pk, run, total, progress)
    tell(0)
    now = world(since, until)
    start = supply(Start(settings.stock), since, until, settings.channel)
    result = replay(past_orders(since, until, settings.channel), columns(now, settings), start, tell)
    tell(result["orders"], True)
    zone = shop().time_zone()
    names = {place.id: place.name for place in now.places}
    return {
        **result,
        "days": settings.days,
        "since": clock.day_of(since, zone).isoformat(),
        "until": clock.day_of(until, zone).isoformat(),
        "channel": settings.channel,
        "stock": settings.stock,
        "names": names,
        "proposal": proposal(settings, now.rates.currency, names),
        "notes": notes(result, settings, now.built_in),
    }


def _teller(key: UUID, run: UUID, total: int, progress: Progress) -> Callable[..., None]:
    """Writes progress about every second; raises TakenOver when the run is not ours any more."""
    last = -TELL_EVERY

    def tell(done: int, always: bool = False) -> None:
        nonlocal last
        progress(done, max(total, done))
        if always or time.monotonic() - last >= TELL_EVERY:
            if not rows.note_progress(key, run, done, max(total, done)):
                raise TakenOver
            last = time.monotonic()

    return tell
