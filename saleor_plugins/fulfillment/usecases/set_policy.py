"""Say what a channel wants of the router."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import transaction

from ...kernel.errors import Conflict, Invalid, Invalids
from .. import store
from ..domain.policy import Objective, Shortage
from ..domain.reading import (
    Parse,
    Reading,
    amount_in,
    country,
    currency_code,
    one_of,
    some,
    whole,
    words,
)
from ..models import RoutingPolicy
from .amounts import read_amounts

MOST_RULES = 20
WHEN = ("CONFIRMED", "PAID")

# Field of the API: its column, and how it is read.
_FIELDS: Mapping[str, tuple[str, Parse]] = {
    "objective": ("objective", one_of([each.value for each in Objective])),
    "promiseDays": ("promise_days", whole(0, 365)),
    "mostParcels": ("most_parcels", whole(1, 1000)),
    "split": ("split", bool),
    "shortage": ("shortage", one_of([each.value for each in Shortage])),
    "routeWhen": ("route_when", lambda value: one_of(WHEN)(value).lower()),
    "createFulfillments": ("create_fulfillments", bool),
}
_AMOUNTS = {
    "perParcel": "per_parcel",
    "per100Km": "per_100_km",
    "perDay": "per_day",
    "latePerDay": "late_per_day",
}
FIELDS = (*_FIELDS, *_AMOUNTS, "holdRules")


def set_policy(channel: str, values: Mapping[str, Any], *, reset: Collection[str] = ()) -> RoutingPolicy:
    """Create or change the policy of `channel`, "" for every one without its own.

    `values` are those of `FIELDS` that change, and ``currency`` of the amounts, which is that of the active
    rate card when there is one; fields of `reset` go back to their defaults. Raises Invalids, Conflict
    (``currency``, or ``reset`` for a field that is both).
    """
    channel = _channel(channel)
    if both := sorted(set(values) & set(reset)):
        raise Conflict(f"{both[0]} is set and reset at once.", field="reset")
    row = Reading(values)
    changes: dict[str, Any] = {
        column: row.read(name, parse, _default(column))
        for name, (column, parse) in _FIELDS.items()
        if name in values
    }
    if "holdRules" in values:
        changes["hold_rules"] = _hold_rules(row, values["holdRules"])
    changes |= {_column(name): _default(_column(name)) for name in reset}
    with transaction.atomic():
        store.lock_settings()
        stored = store.policy(channel) or RoutingPolicy(channel=channel)
        changes |= read_amounts(row, _AMOUNTS, stored, changes)
        row.done()
        return store.save_policy(channel, **changes)


def delete_policy(channel: str) -> None:
    """Delete the policy of `channel`. Raises NotFound (``channel``)."""
    store.delete_policy(_channel(channel))


def read_hold_rule(values: Mapping[str, Any]) -> dict[str, Any]:
    """A checked hold rule as it is stored: amounts in minor units. Raises Invalids naming each bad field."""
    row = Reading(values)
    kind = str(values.get("rule") or "")
    found: dict[str, Any] = {"rule": kind}
    if kind == "TOTAL_ABOVE":
        found["currency"] = row.required("currency", currency_code)
        found["amount"] = row.required("amount", amount_in(found["currency"] or "EUR"))
    elif kind == "DESTINATION_IN":
        found["countries"] = sorted(row.required("countries", some(country, 300)) or [])
        if not found["countries"] and not row.errors:
            row.refuse("countries", "Name at least one.", "REQUIRED")
    elif kind == "QUANTITY_ABOVE":
        found["quantity"] = row.required("quantity", whole(0, 2**31 - 1))
    elif kind == "METADATA":
        found["key"] = row.required("key", words(200))
        found["value"] = row.read("value", words(1000), "")
    elif kind != "PO_BOX":
        row.refuse("rule", "Must be TOTAL_ABOVE, DESTINATION_IN, QUANTITY_ABOVE, METADATA or PO_BOX.")
    if not row.errors:
        for name in values.keys() - found.keys():
            if values[name] not in (None, "", []):
                row.refuse(name, f"Means nothing to {kind}.")
    row.done()
    return found


def _hold_rules(row: Reading, rules: Sequence[Mapping[str, Any]] | None) -> list[dict[str, Any]]:
    found = []
    if rules and len(rules) > MOST_RULES:
        row.refuse("holdRules", f"At most {MOST_RULES}.")
        return []
    for number, values in enumerate(rules or ()):
        try:
            found.append(read_hold_rule(values))
        except Invalids as bad:
            for error in bad.errors:
                row.refuse(f"holdRules.{number}.{error.field}", error.message, error.code)
    return found


def _channel(value: str) -> str:
    if len(value) > 255 or not value.isprintable():
        raise Invalid("Must have at most 255 printable characters.", field="channel")
    return value.strip()


def _column(name: str) -> str:
    if name == "holdRules":
        return "hold_rules"
    return _AMOUNTS[name] if name in _AMOUNTS else _FIELDS[name][0]


def _default(column: str) -> Any:
    return RoutingPolicy._meta.get_field(column).get_default()
