"""What the room does when an event arrives, and what it looks for by itself."""

from . import access, desk, insight, labels, mails, terms

__all__ = ["access", "desk", "insight", "labels", "mails", "terms"]
