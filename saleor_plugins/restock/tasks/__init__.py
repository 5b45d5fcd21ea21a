"""What the room does when an event arrives, and what it looks for by itself."""

from . import demand, runs

__all__ = ["demand", "runs"]
