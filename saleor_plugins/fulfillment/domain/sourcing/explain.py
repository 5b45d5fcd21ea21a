"""A decision in a merchant's words."""

from __future__ import annotations

from datetime import date

from ....kernel.money import from_minor
from .decision import Decision, Parcel, Rejected, RunnerUp

# What comes before the cost, by objective.
_FIRST = {"PARCELS": "fewest parcels", "DISTANCE": "fewest kilometres", "DAYS": "fewest days"}


def explain(decision: Decision) -> list[str]:
    """Sentences from the most to the least important."""
    said = [_headline(decision)]
    said += [_parcel(parcel, decision.currency) for parcel in decision.parcels]
    if decision.arrives_on:
        said.append(_arrival(decision, decision.arrives_on))
    said += [told for parcel in decision.parcels for told in _days(parcel, decision)]
    said += [
        f"{parcel.warehouse_name} could ship {parcel.quantity} of it now." for parcel in decision.withheld
    ]
    said += [f"{row.quantity} of {row.name} must wait: {row.reason}" for row in decision.unsourced]
    if decision.runner_up:
        said.append(_runner_up(decision, decision.runner_up))
    said += [_rejected(row, decision) for row in decision.rejected]
    said += [f"{row.name} is left alone: {row.reason}" for row in decision.left_alone]
    if not decision.solver.optimal:
        low = decision.solver.bound
        but = f", but none costs below {_money(low, decision.currency)}" if low else ""
        said.append(f"The search stopped at its limit: this may not be the best plan{but}.")
    return [*said, *decision.notes]


def _headline(decision: Decision) -> str:
    units = sum(parcel.quantity for parcel in decision.parcels)
    waiting = sum(row.quantity for row in decision.unsourced)
    if decision.withheld:
        ready = sum(parcel.quantity for parcel in decision.withheld)
        return (
            f"The order waits: {waiting - ready} of {waiting} units are missing, and nothing leaves before."
        )
    if not decision.parcels:
        return "No unit can be shipped now." if waiting else "Nothing in this order needs routing."
    count = len(decision.parcels)
    cost = _money(decision.cost, decision.currency)
    told = f"{units} of {units + waiting} units ship" if waiting else f"All {units} units ship"
    return f"{told} in {count} parcel{'s' if count > 1 else ''} to {decision.country} for {cost}."


def _parcel(parcel: Parcel, currency: str) -> str:
    cost = parcel.cost
    named = (
        ("parcel", cost.base),
        ("weight", cost.weight),
        ("units", cost.units),
        ("handling", cost.handling),
    )
    parts = ", ".join(f"{name} {from_minor(minor, currency)}" for name, minor in named if minor)
    detail = f" ({parts})" if parts else ""
    return f"{parcel.warehouse_name} ships {parcel.quantity} for {_money(cost.total, currency)}{detail}."


def _arrival(decision: Decision, arrives: date) -> str:
    promised = decision.promised_on
    if promised is None:
        return f"All of it arrives by {arrives}."
    late = (arrives - promised).days
    if late <= 0:
        return f"All of it arrives by {arrives}, in time for {promised} as promised."
    return f"All of it arrives by {arrives}: {_count(late, 'day')} after {promised}, which was promised."


def _days(parcel: Parcel, decision: Decision) -> list[str]:
    """What a full day and lateness or weights did to a parcel."""
    said = []
    if parcel.ship_on != parcel.free_on:
        late = f", which makes it {_count(parcel.late_days, 'day')} late" if parcel.late_days else ""
        said.append(
            f"{parcel.warehouse_name} is full before {parcel.ship_on}: its parcel leaves then, "
            f"not on {parcel.free_on}{late}."
        )
    if parcel.penalty:
        counted = _money(parcel.penalty, decision.currency)
        why = "lateness and weights" if decision.objective == "WEIGHTED" else "lateness"
        said.append(f"For {why} the parcel from {parcel.warehouse_name} counted as {counted} dearer.")
    return said


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _rejected(row: Rejected, decision: Decision) -> str:
    if row.difference is None:
        return f"Not {row.warehouse_name}: {row.reason}"
    units = sum(parcel.quantity for parcel in decision.parcels)
    more = _more(row.difference, decision)
    has = f"it has {row.covers} of these {units} units"
    return f"Not {row.warehouse_name}: {has}; with a parcel from there, {more}."


def _runner_up(decision: Decision, other: RunnerUp) -> str:
    names = {parcel.warehouse_id: parcel.warehouse_name for parcel in decision.parcels}
    names |= {row.warehouse_id: row.warehouse_name for row in decision.rejected}
    plan = " + ".join(names[key] for key in other.warehouses)
    cost = _money(other.cost, decision.currency)
    if other.short:
        wait = f"{other.short} more unit{'s' if other.short > 1 else ''} would wait"
        return f"Without {names[other.without]} {wait}; best then: {plan} for {cost}."
    return f"Next best: {plan} for {cost}, {_more(other.difference, decision)}."


def _more(difference: int, decision: Decision) -> str:
    if difference < 0:
        wanted = _FIRST.get(decision.objective)
        but = f", but {wanted} come first" if wanted else ""
        return f"{_money(-difference, decision.currency)} less{but}"
    if difference == 0:
        return "as dear, so the tie-breakers decided"
    return f"{_money(difference, decision.currency)} more"


def _money(minor: int, currency: str) -> str:
    return f"{from_minor(minor, currency)} {currency}"
