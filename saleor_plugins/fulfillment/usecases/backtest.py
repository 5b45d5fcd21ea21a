"""Replay past orders under other rules: ask for a run, run it, end it. Nothing is written but its row."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from ...jobs import Jobs, Progress, Tell
from ...kernel import clock
from ...kernel.errors import Invalid
from ...platform import shop
from ..domain.backtest.replay import replay
from ..domain.backtest.stock import Start
from ..models import Backtest
from ..topics import BACKTEST_DUE
from .backtest_scenarios import columns, past_orders, supply, world
from .backtest_settings import MOST_DAYS, Settings, checked
from .backtest_words import notes, proposal

MOST_ORDERS = 100_000

backtests: Jobs[Backtest] = Jobs(Backtest, BACKTEST_DUE)


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
    return backtests.add(settings.as_json(), by=by, queue=queue)


def run_backtest(key: UUID, progress: Progress | None = None) -> Backtest | None:
    """Do a run that waits, or whose worker died; None when there is nothing to do. See `Jobs.run`."""
    return backtests.run(key, _replay, progress)


def _replay(row: Backtest, report: Tell) -> dict[str, Any]:
    settings = Settings(**row.settings)
    until = row.created
    since = until - timedelta(days=settings.days)
    total = shop().count_orders(since, until, settings.channel)

    def tell(done: int, always: bool = False) -> None:
        report(done, total, always)

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
