"""What the room does when an event arrives, and what it looks for by itself."""

from . import alerts, backtests, demand, expected, runs, sending

__all__ = ["alerts", "backtests", "demand", "expected", "runs", "sending"]
