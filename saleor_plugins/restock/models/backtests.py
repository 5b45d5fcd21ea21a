"""What-if runs over past demand."""

from __future__ import annotations

from saleor_plugins.jobs import Job


class Backtest(Job):
    """Rules compared over the shop's own demand; `done` of `total` variants."""
