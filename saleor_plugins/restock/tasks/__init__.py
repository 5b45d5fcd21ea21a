"""What the room does when an event arrives, and what it looks for by itself."""

from . import demand, expected, runs, sending

__all__ = ["demand", "expected", "runs", "sending"]
