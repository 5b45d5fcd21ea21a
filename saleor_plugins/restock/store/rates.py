"""What one currency is worth in another: only what the merchant has said, never guessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from django.db.models import QuerySet

from ...kernel.money import exponent
from ..models import ExchangeRate


@dataclass(frozen=True)
class Rates:
    """The rates of a day by (currency, into): one unit of the first is worth that many of the second."""

    table: Mapping[tuple[str, str], Decimal]

    def convert(self, minor: int, currency: str, into: str) -> int | None:
        """Minor units of `currency` in minor units of `into`, rounded half to even; None without a rate."""
        if currency == into:
            return minor
        rate = self.table.get((currency, into))
        if rate is None:
            return None
        amount = Decimal(minor) * rate
        return int(amount.scaleb(exponent(into) - exponent(currency)).to_integral_value(ROUND_HALF_EVEN))


def on(day: date) -> Rates:
    """The rates that hold on `day`, in one query.

    A rate holds from its day until a later one of the same two currencies, and says the way back as
    well; where both ways were set on one day, each holds for its own.
    """
    table: dict[tuple[str, str], Decimal] = {}
    since: dict[tuple[str, str], date] = {}
    for row in _newest(day):
        there, back = (row.currency, row.into), (row.into, row.currency)
        table[there], since[there] = row.rate, row.since
        if back not in since or since[back] < row.since:
            table[back], since[back] = 1 / row.rate, row.since
    return Rates(table)


def convert(minor: int, currency: str, into: str, day: date) -> int | None:
    """`Rates.convert` on `day`; for many amounts read the rates once with `on`."""
    return on(day).convert(minor, currency, into)


def _newest(day: date) -> QuerySet[ExchangeRate]:
    """The last rate of each two currencies on `day`, the oldest of these first."""
    rows = ExchangeRate.objects.filter(since__lte=day).order_by("currency", "into", "-since")
    last = rows.distinct("currency", "into").values("pk")
    return ExchangeRate.objects.filter(pk__in=last).order_by("since", "currency", "into")
