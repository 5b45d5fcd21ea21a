"""What a what-if run is asked: checked once, when it is asked, and kept with the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ...kernel.errors import Invalid
from ...platform import shop
from .. import store
from ..domain.backtest.stock import Start
from ..domain.policy import Objective, Shortage
from ..domain.reading import Parse, Reading, amount_in, one_of, whole

MOST_DAYS = 365
MOST = 1_000_000


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Invalid("Must be yes or no.")
    return value


# Fields of the API and their names in the domain.
AMOUNTS = {
    "perParcel": "per_parcel",
    "per100Km": "per_100_km",
    "perDay": "per_day",
    "latePerDay": "late_per_day",
}
POLICY: Mapping[str, tuple[str, Parse]] = {
    "objective": ("objective", one_of([row.value for row in Objective])),
    "shortage": ("shortage", one_of([row.value for row in Shortage])),
    "promiseDays": ("promise_days", whole(0, MOST_DAYS)),
    "mostParcels": ("most_parcels", whole(1, 100)),
    "split": ("split", _flag),
}
HANDLING = {"handlingPerParcel": "handling_parcel", "handlingPerUnit": "handling_unit"}
PROFILE: Mapping[str, tuple[str, Parse]] = {
    "shipsOrders": ("ships_orders", _flag),
    "priority": ("priority", whole(-MOST, MOST)),
    "dailyParcels": ("daily_parcels", whole(0, MOST)),
    "safetyStock": ("safety_stock", whole(0, MOST)),
}


@dataclass(frozen=True)
class Settings:
    """What to replay, and under what. `policy` and `profiles` say what differs from today, in domain names.

    An empty `card` is today's, an empty `channel` all. Amounts are minor units of today's currency.
    """

    days: int
    card: str = ""
    policy: Mapping[str, Any] = field(default_factory=dict)
    profiles: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    stock: str = Start.REPLAYED.value
    channel: str = ""

    def as_json(self) -> dict[str, Any]:
        """For the run's row."""
        return asdict(self)


def checked(
    days: int,
    currency: str,
    *,
    card: str | None = None,
    policy: Mapping[str, Any] | None = None,
    profiles: Sequence[Mapping[str, Any]] = (),
    stock: str | None = None,
    channel: str | None = None,
) -> Settings:
    """The settings behind what an API or command was given; amounts are in `currency`, today's.

    Raises Invalids naming ``days``, ``card``, ``policy.…``, ``profiles.3.…``, ``stock`` or ``channel``.
    """
    row = Reading({"days": days, "stock": stock, "channel": channel})
    row.read("days", whole(1, MOST_DAYS))
    row.read("stock", one_of([start.value for start in Start]))
    _check_card(row, card, currency)
    _check_channel(row, channel)
    settings = Settings(
        days,
        card or "",
        _part(row, "policy.", policy or {}, POLICY, AMOUNTS, currency),
        _profiles(row, profiles or (), currency),
        stock or Start.REPLAYED.value,
        channel or "",
    )
    row.done()
    return settings


def _part(
    row: Reading,
    prefix: str,
    values: Mapping[str, Any],
    plain: Mapping[str, tuple[str, Parse]],
    money: Mapping[str, str],
    currency: str,
) -> dict[str, Any]:
    """Those of the fields that were given, by their names in the domain."""
    part = Reading(values)
    parsers = {**plain, **{name: (key, amount_in(currency)) for name, key in money.items()}}
    found = {
        key: part.read(name, parse) for name, (key, parse) in parsers.items() if values.get(name) is not None
    }
    for name in sorted(set(values) - set(parsers) - {"warehouseId"}):
        part.refuse(name, "There is no such field.")
    for error in part.errors:
        row.refuse(f"{prefix}{error.field}", error.message, error.code)
    return found


def _profiles(
    row: Reading, profiles: Sequence[Mapping[str, Any]], currency: str
) -> dict[str, Mapping[str, Any]]:
    known = {one.id for one in shop().warehouses()} if profiles else set()
    found: dict[str, Mapping[str, Any]] = {}
    for at, values in enumerate(profiles):
        prefix, key = f"profiles.{at}.", values.get("warehouseId", "")
        if key not in known:
            row.refuse(f"{prefix}warehouseId", "No such warehouse.", "NOT_FOUND")
        elif key in found:
            row.refuse(f"{prefix}warehouseId", "It is named twice.")
        found[key] = _part(row, prefix, values, PROFILE, HANDLING, currency)
    return found


def _check_card(row: Reading, name: str | None, currency: str) -> None:
    stored = store.card(name) if name else None
    if name and stored is None:
        row.refuse("card", "No such rate card.", "NOT_FOUND")
    if stored and stored.currency != currency:
        told = f"It is in {stored.currency}, today's rates are in {currency}: they cannot be compared."
        row.refuse("card", told)


def _check_channel(row: Reading, channel: str | None) -> None:
    known = {slug for one in shop().warehouses() for slug in one.channels or ()}
    if channel and channel not in known:
        row.refuse("channel", "No warehouse serves a channel of that name.", "NOT_FOUND")
