"""What a what-if run is asked: checked once, when it is asked, and kept with the run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ...kernel.errors import Invalid, Invalids, NotFound, OpsError
from ...platform import shop
from .. import store
from ..domain.backtest_stock import Start
from ..domain.policy import Objective, Shortage
from .set_rates import amount

MOST_DAYS = 365
MOST_UNITS = 1_000_000

# How amounts, counts and switches of the input are named, and in the domain.
AMOUNTS = ("per_parcel", "per_100_km", "per_day", "late_per_day")
HANDLING = {"handling_per_parcel": "handling_parcel", "handling_per_unit": "handling_unit"}


@dataclass(frozen=True)
class Settings:
    """What to replay, and under what. `policy` and `profiles` say what differs from today, in domain names.

    An empty `card` is today's, an empty `channel` all. Amounts are minor units of `currency`.
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

    Raises Invalids naming ``days``, ``card``, ``policy.…``, ``profiles.3.…``, ``stock``, NotFound among them.
    """
    errors: list[Invalid] = []
    reader = _Reader(errors)
    if not 1 <= days <= MOST_DAYS:
        errors.append(Invalid(f"Must be from 1 to {MOST_DAYS}.", field="days"))
    reader.take("card", _card, card, currency)
    reader.take("stock", _choice(Start), stock)
    settings = Settings(
        days,
        card or "",
        _policy(reader, policy or {}, currency),
        _profiles(reader, profiles, currency),
        stock or Start.REPLAYED.value,
        channel or "",
    )
    if errors:
        raise Invalids(errors)
    return settings


class _Reader:
    """Reads value by value and goes on after a bad one, so that all are named at once."""

    def __init__(self, errors: list[Invalid]):
        self.errors = errors

    def take(self, name: str, parse: Callable[..., Any], *values: Any) -> Any:
        try:
            return parse(*values)
        except OpsError as error:
            self.errors.append(Invalid(error.message, field=name, code=error.code))
            return None

    def fields(
        self, prefix: str, row: Mapping[str, Any], parsers: Mapping[str, Callable[[Any], Any]]
    ) -> dict[str, Any]:
        """Those of `parsers` that `row` has; null is as if it was not there."""
        return {
            key: self.take(f"{prefix}{camel(key)}", parse, row[key])
            for key, parse in parsers.items()
            if row.get(key) is not None
        }


def _policy(reader: _Reader, row: Mapping[str, Any], currency: str) -> dict[str, Any]:
    money = {key: lambda value: amount(value, currency) for key in AMOUNTS}
    return reader.fields(
        "policy.",
        row,
        {
            "objective": _choice(Objective),
            "shortage": _choice(Shortage),
            "promise_days": _whole(0, MOST_DAYS),
            "most_parcels": _whole(1, 100),
            "split": bool,
            **money,
        },
    )


def _profiles(
    reader: _Reader, rows: Sequence[Mapping[str, Any]], currency: str
) -> dict[str, Mapping[str, Any]]:
    known = {row.id for row in shop().warehouses()} if rows else set()
    found: dict[str, Mapping[str, Any]] = {}
    for at, row in enumerate(rows):
        prefix, key = f"profiles.{at}.", row["warehouse_id"]
        if key not in known:
            reader.errors.append(
                Invalid("No such warehouse.", field=f"{prefix}warehouseId", code="NOT_FOUND")
            )
        elif key in found:
            reader.errors.append(Invalid("It is named twice.", field=f"{prefix}warehouseId"))
        values = reader.fields(
            prefix,
            row,
            {
                "ships_orders": bool,
                "priority": _whole(-MOST_UNITS, MOST_UNITS),
                "daily_parcels": _whole(0, MOST_UNITS),
                "safety_stock": _whole(0, MOST_UNITS),
                **{name: lambda value: amount(value, currency) for name in HANDLING},
            },
        )
        found[key] = {HANDLING.get(name, name): value for name, value in values.items()}
    return found


def _card(name: str | None, currency: str) -> None:
    if not name:
        return
    stored = store.card(name)
    if stored is None:
        raise NotFound("No such rate card.")
    if stored.currency != currency:
        raise Invalid(
            f"It is in {stored.currency}, today's rates are in {currency}: they cannot be compared."
        )


def _choice(kind: Any) -> Callable[[Any], str]:
    def parse(value: Any) -> str:
        if value is not None and value not in list(kind):
            raise Invalid(f"Must be one of {', '.join(kind)}.")
        return str(value or "")

    return parse


def _whole(least: int, most: int) -> Callable[[Any], int]:
    def parse(value: Any) -> int:
        if not least <= value <= most:
            raise Invalid(f"Must be from {least} to {most}.")
        return int(value)

    return parse


def camel(name: str) -> str:
    """A name as the API spells it."""
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)
