"""What-if runs in the background: begun when asked, begun again when their worker died."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from ...delivery import Message, subscribe, sweeper
from .. import config
from ..topics import BACKTEST_DUE
from ..usecases.backtest import backtests, run_backtest

# 100,000 orders take a quarter of an hour; a worker that dies is found much sooner, by the run's own row.
LEASE = timedelta(hours=6)


@subscribe(BACKTEST_DUE, name="fulfillment.backtest", atomic=False, lease=LEASE)
def backtest_due(message: Message) -> None:
    """Do the run, unless somebody else does or it has ended."""
    key = UUID(message.data["backtestId"])
    if not config.is_active():
        backtests.fail(key, "Order routing was switched off.")
        return
    run_backtest(key)


@sweeper("fulfillment.backtests")
def find_dead_backtests() -> None:
    """Hand runs whose workers died to others."""
    if config.is_active():
        backtests.recover()
