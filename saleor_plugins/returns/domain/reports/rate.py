"""How much of what was sold comes back, by variant and reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class VariantRate:
    """Of `sold` units (None: not known any more) of a variant so many came back, by reason."""

    variant_id: str
    sku: str
    name: str
    sold: int | None
    reasons: Mapping[str, int]

    @property
    def returned(self) -> int:
        """Units that came back or stayed with a customer who got the money."""
        return sum(self.reasons.values())

    def rate(self, reason: str = "") -> float | None:
        """Returned units per sold one, of one reason or of all; None when nobody knows what was sold."""
        units = self.reasons.get(reason, 0) if reason else self.returned
        return units / self.sold if self.sold else None


@dataclass(frozen=True)
class RateTable:
    """Variants with returns, most units first; `reasons` most frequent first; `sold` is of all variants."""

    rows: tuple[VariantRate, ...]
    reasons: tuple[str, ...]
    sold: int

    @property
    def returned(self) -> int:
        """Units of all variants."""
        return sum(row.returned for row in self.rows)

    @property
    def rate(self) -> float | None:
        """Returned units per sold one, of the whole cohort."""
        return self.returned / self.sold if self.sold else None


@dataclass(frozen=True)
class Counted:
    """Units of a variant that came back for a reason."""

    variant_id: str
    sku: str
    name: str
    reason: str
    units: int


def rate_table(sold: Mapping[str, int], counted: Iterable[Counted]) -> RateTable:
    """What was counted, beside what was sold by variant."""
    units: dict[str, dict[str, int]] = {}
    names: dict[str, tuple[str, str]] = {}
    totals: dict[str, int] = {}
    for row in counted:
        key = row.variant_id or row.sku
        mine = units.setdefault(key, {})
        mine[row.reason] = mine.get(row.reason, 0) + row.units
        totals[row.reason] = totals.get(row.reason, 0) + row.units
        # A renamed variant has several names: the last one in alphabetical order, whatever came first.
        names[key] = max(names.get(key, ("", "")), (row.sku, row.name))
    rows = [VariantRate(key, *names[key], sold.get(key), reasons) for key, reasons in units.items()]
    rows.sort(key=lambda row: (-row.returned, row.sku, row.variant_id))
    reasons = tuple(sorted(totals, key=lambda reason: (-totals[reason], reason)))
    return RateTable(tuple(rows), reasons, sum(sold.values()))
