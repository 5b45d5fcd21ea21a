"""What-if runs in the background: begun when asked, begun again when their worker died."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from ...delivery import Message, subscribe, sweeper

# 100,000 variants take some minutes; a worker that dies is found much sooner, by the run's own row.
LEASE = timedelta(hours=6)


@subscribe("restock.backtest_due", name="restock.backtest", atomic=False, lease=LEASE)
def backtest_due(message: Message) -> None:
    """Do the run, unless somebody else does or it has ended."""
    from ..settings import active
    from ..usecases.backtest import backtests, run_backtest

    key = UUID(message.data["backtestId"])
    if not active():
        backtests.fail(key, "Restocking was switched off.")
        return
    run_backtest(key)


@sweeper("restock.backtests")
def find_dead_backtests() -> None:
    """Hand runs whose workers died to others."""
    from ..settings import active
    from ..usecases.backtest import backtests

    if active():
        backtests.recover()
