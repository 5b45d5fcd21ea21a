"""What looks unusual about a return: one signal a file, each a pure function of facts and limits."""

from __future__ import annotations

from . import empty_box, item_switched, return_rate, return_value, same_address, same_card, wardrobing
from .facts import Facts, Limits, LineFacts, Past, Raised, SignalKind

__all__ = ["SIGNALS", "Facts", "Limits", "LineFacts", "Past", "Raised", "SignalKind", "signals"]

SIGNALS = (return_rate, return_value, same_address, same_card, wardrobing, empty_box, item_switched)


def signals(facts: Facts, limits: Limits) -> list[Raised]:
    """Everything that looks unusual, in the order of SIGNALS."""
    return [raised for signal in SIGNALS if (raised := signal.check(facts, limits))]
