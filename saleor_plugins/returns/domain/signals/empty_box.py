"""A parcel with less in it than was to come."""

from __future__ import annotations

from .facts import Facts, Limits, Raised, SignalKind, graded, units


def check(facts: Facts, limits: Limits) -> Raised | None:
    """Raised by units graded as empty, and by units that never arrived while others of the return did."""
    empty = sum(graded(line, limits.empty) for line in facts.lines)
    came = any(line.received for line in facts.lines)
    missing = sum(line.missing for line in facts.lines) if came else 0
    if not empty + missing:
        return None
    told = [f"{units(empty)} found empty or missing in the parcel"] if empty else []
    told += [f"{units(missing)} never arrived while others did"] if missing else []
    sentence = " and ".join(told)
    return Raised(
        SignalKind.EMPTY_BOX,
        f"{sentence[0].upper()}{sentence[1:]}.",
        {"empty": empty, "missing": missing, "requested": sum(line.requested for line in facts.lines)},
    )
