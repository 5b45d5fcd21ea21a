"""Bought for one evening: worn goods, or goods for an occasion that come back at the last moment."""

from __future__ import annotations

from .facts import Facts, Limits, LineFacts, Raised, SignalKind, graded, units


def check(facts: Facts, limits: Limits) -> Raised | None:
    """Raised by two of three signs on one line: asked for just before the end, an occasion, a worn grade."""
    for line in facts.lines:
        signs = [] if line.fault else _signs(facts, limits, line)
        if len(signs) > 1:
            return Raised(
                SignalKind.WARDROBING,
                f"{line.sku or 'An item'}: {' and '.join(signs)}.",
                {"sku": line.sku, "signs": len(signs), "worn": graded(line, limits.worn)},
            )
    return None


def _signs(facts: Facts, limits: Limits, line: LineFacts) -> list[str]:
    signs = []
    if limits.closing_days and line.until is not None:
        left = (line.until - facts.asked).days
        if 0 <= left < limits.closing_days:
            end = (
                "on its last day" if left == 0 else f"{left} {'day' if left == 1 else 'days'} before the end"
            )
            signs.append(f"asked for {end} of its window")
    if line.categories & limits.event_categories:
        signs.append("it is of a category worn on occasions")
    if worn := graded(line, limits.worn):
        signs.append(f"{units(worn)} came back worn")
    return signs
