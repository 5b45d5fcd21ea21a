"""Numbers, units, days and money as sentences say them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from saleor_plugins.kernel.money import from_minor

from ..facts import Policy


@dataclass(frozen=True)
class Words:
    """What sentences need beside the advice: the policy, the run's currency, warehouses' names by id."""

    policy: Policy
    currency: str
    warehouses: Mapping[str, str]

    def house(self, warehouse_id: str) -> str:
        """The warehouse's name; its id when it is gone."""
        return self.warehouses.get(warehouse_id, warehouse_id)

    def money(self, minor: float, currency: str = "") -> str:
        """An amount of minor units, in the run's currency without another: 12.50 EUR."""
        code = currency or self.currency
        return f"{from_minor(round(minor), code)} {code}"


def number(value: float) -> str:
    """At most two decimals, none where they would be zero: 12, 0.5, 1.43."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def units(count: float) -> str:
    """A count with its noun: 1 unit, 12 units."""
    return f"{number(count)} {'unit' if count == 1 else 'units'}"


def days(count: float) -> str:
    """A count of days: 1 day, 7.5 days."""
    return f"{number(round(count, 1))} {'day' if round(count, 1) == 1 else 'days'}"


def percent(part: float) -> str:
    """A part of one as percent: 4 %, and 0.4 % where that is nearer."""
    return f"{part:.1%}" if part < 0.01 else f"{part:.0%}"


def joined(parts: list[str]) -> str:
    """a, b and c."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
