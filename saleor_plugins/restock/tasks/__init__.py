"""What the room does when an event arrives, and what it looks for by itself."""

from . import demand, expected, runs

__all__ = ["demand", "expected", "runs"]
