"""Something else came back than was sent."""

from __future__ import annotations

from .facts import Facts, Limits, Raised, SignalKind, graded, units


def check(facts: Facts, limits: Limits) -> Raised | None:
    """Raised by units graded as another item."""
    for line in facts.lines:
        if wrong := graded(line, limits.wrong):
            return Raised(
                SignalKind.ITEM_SWITCHED,
                f"{line.sku or 'An item'}: {units(wrong)} judged to be another item than the one sent.",
                {"sku": line.sku, "units": wrong},
            )
    return None
