"""A warehouse's tariff and handling as the prices of one parcel, one for each range of weights.

Amounts are in thousandths of a minor unit (`MILLI`), so that a price per kilogram times grams is exact.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..facts import Profile
from .table import Band, Tariff

MILLI = 1000
# Beyond so many full packages, a further one costs its share of the weight.
MOST_FULL = 20


@dataclass(frozen=True)
class Price:
    """What a parcel of up to `up_to` grams (None: any weight) costs.

    `fixed` and `gram` are the carrier's, `unit` is per unit of the order, and the two handlings are the
    warehouse's. `full` packages of `full_grams` are filled before the last one.
    """

    fixed: int
    gram: int
    unit: int
    handling: int
    handling_unit: int
    up_to: int | None
    full: int = 0
    full_grams: int = 0

    def packages(self, grams: int) -> int:
        """How many packages a parcel of `grams` becomes."""
        if self.up_to is None and self.full_grams:
            return max(-(-grams // self.full_grams), 1)
        return self.full + 1

    @property
    def once(self) -> int:
        """What the parcel costs before anything is in it."""
        return self.fixed + self.handling

    def of_row(self, grams: int, units: int) -> int:
        """What `units` of the order that weigh `grams` together cost more."""
        return self.gram * grams + (self.unit + self.handling_unit) * units


def prices(tariff: Tariff, profile: Profile, most_grams: int) -> tuple[Price, ...]:
    """The prices that can be the cheapest for a parcel of up to `most_grams`, lightest first.

    Beyond the heaviest band: full packages at its price, then the rest at the price of a band; where that
    band's kilogram is dearer than the heaviest's, the rest counts as being as heavy as its band allows.
    """
    found = [_single(band, profile) for band in tariff.bands]
    heaviest = tariff.bands[-1] if tariff.bands else None
    if heaviest and heaviest.up_to_grams and most_grams > heaviest.up_to_grams:
        count = min(-(-most_grams // heaviest.up_to_grams), MOST_FULL + 1)
        found += [
            _several(full, band, heaviest, profile) for full in range(1, count) for band in tariff.bands
        ]
        if count > MOST_FULL:
            found.append(_endless(heaviest, profile))
    return _useful(found, most_grams)


def _single(band: Band, profile: Profile) -> Price:
    return Price(
        band.base * MILLI,
        band.per_kg,
        band.per_unit * MILLI,
        profile.handling_parcel * MILLI,
        profile.handling_unit * MILLI,
        band.up_to_grams,
    )


def _several(full: int, rest: Band, heaviest: Band, profile: Profile) -> Price:
    filled = full * (heaviest.up_to_grams or 0)
    gram = min(rest.per_kg, heaviest.per_kg)
    fixed = full * heaviest.base * MILLI + filled * (heaviest.per_kg - gram)
    fixed += rest.base * MILLI + (rest.per_kg - gram) * (rest.up_to_grams or 0)
    return Price(
        fixed,
        gram,
        max(heaviest.per_unit, rest.per_unit) * MILLI,
        profile.handling_parcel * MILLI,
        profile.handling_unit * MILLI,
        filled + (rest.up_to_grams or 0),
        full,
        heaviest.up_to_grams or 0,
    )


def _endless(heaviest: Band, profile: Profile) -> Price:
    limit = heaviest.up_to_grams or 1
    return Price(
        heaviest.base * MILLI,
        heaviest.per_kg - (-heaviest.base * MILLI // limit),
        heaviest.per_unit * MILLI,
        profile.handling_parcel * MILLI,
        profile.handling_unit * MILLI,
        None,
        MOST_FULL,
        limit,
    )


def _useful(found: list[Price], most_grams: int) -> tuple[Price, ...]:
    """Without those that another one undercuts whatever is in the parcel."""
    if len(found) == 1:
        return tuple(found)
    capped = sorted(
        found, key=lambda p: (most_grams if p.up_to is None else p.up_to, p.fixed, p.gram, p.unit)
    )
    kept: list[Price] = []
    for price in reversed(capped):
        undercut = any(
            other.fixed <= price.fixed and other.gram <= price.gram and other.unit <= price.unit
            for other in kept
        )
        if not undercut:
            kept.append(price)
    kept.reverse()
    enough = next((n for n, p in enumerate(kept) if p.up_to is None or p.up_to >= most_grams), len(kept))
    return tuple(kept[: enough + 1] if _alike(kept) else kept)


def _alike(found: list[Price]) -> bool:
    return len({(price.gram, price.unit) for price in found}) == 1
