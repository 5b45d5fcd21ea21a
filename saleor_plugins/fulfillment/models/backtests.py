"""What-if runs over past orders."""

from __future__ import annotations

from saleor_plugins.jobs import Job


class Backtest(Job):
    """A replay of past orders under other rules; `done` of `total` orders."""
