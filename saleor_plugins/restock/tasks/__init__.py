"""What the room does when an event arrives, and what it looks for by itself."""

from . import runs

__all__ = ["runs"]
