"""How a return's states look."""

from __future__ import annotations

_TONES = {
    "REQUESTED": "warn",
    "CLOSED": "good",
    "DECLINED": "bad",
    "EXPIRED": "bad",
}


def tone(state: str) -> str:
    """The colour of a state: good, warn, bad or plain."""
    return _TONES.get(state, "plain")
