"""What the room does when an event arrives, and what it looks for by itself."""

from . import backtests, demand, expected, runs, sending

__all__ = ["backtests", "demand", "expected", "runs", "sending"]
