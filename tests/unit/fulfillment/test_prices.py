"""What a parcel costs by its weight: the cheapest band that fits, and several packages beyond the heaviest."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from saleor_plugins.fulfillment.domain.facts import Profile
from saleor_plugins.fulfillment.domain.rates.prices import MILLI, MOST_FULL, Price, prices
from saleor_plugins.fulfillment.domain.rates.table import Band, Rate, RateTable, Tariff
from saleor_plugins.fulfillment.domain.sourcing.decide import decide
from tests.unit.fulfillment.build import line, request, source

STEPS = Tariff((Band(300, up_to_grams=500), Band(450, up_to_grams=2000), Band(900, up_to_grams=10_000)))


def cheapest(found: tuple[Price, ...], grams: int, units: int = 1) -> tuple[int, Price]:
    fitting = [price for price in found if price.up_to is None or grams <= price.up_to]
    return min(((p.once + p.of_row(grams, units), p) for p in fitting), key=lambda pair: pair[0])


def cost(tariff: Tariff, grams: int, most: int | None = None) -> tuple[int, int]:
    """Cost in minor units and packages of a parcel, for a warehouse that could ship up to `most`."""
    found, price = cheapest(prices(tariff, Profile(), most or grams), grams)
    return found // MILLI, price.packages(grams)


def test_the_band_that_fits() -> None:
    assert [cost(STEPS, grams) for grams in (0, 1, 500, 501, 2000, 2001, 10_000)] == [
        (300, 1), (300, 1), (300, 1), (450, 1), (450, 1), (900, 1), (900, 1),
    ]  # fmt: skip


def test_a_heavier_band_may_be_cheaper() -> None:
    odd = Tariff((Band(500, up_to_grams=1000), Band(400, up_to_grams=5000), Band(300)))
    assert [cost(odd, grams) for grams in (10, 3000, 9000)] == [(300, 1)] * 3


def test_full_packages_and_the_rest() -> None:
    assert cost(STEPS, 10_400) == (900 + 300, 2)
    assert cost(STEPS, 11_500) == (900 + 450, 2)
    assert cost(STEPS, 20_000) == (900 + 900, 2)
    assert cost(STEPS, 20_001) == (900 + 900 + 300, 3)


def test_full_packages_pay_for_their_weight() -> None:
    per_kg = Tariff((Band(300, 100, up_to_grams=2000), Band(900, 50, up_to_grams=10_000)))
    assert cost(per_kg, 5000) == (900 + 250, 1)
    # The rest's kilogram is dearer than the heaviest band's: it counts as heavy as its band allows.
    assert cost(per_kg, 11_000) == (900 + 500 + 300 + 50 * 1 + 50 * 2, 2)
    falling = Tariff((Band(300, 20, up_to_grams=2000), Band(900, 50, up_to_grams=10_000)))
    assert cost(falling, 11_000) == (900 + 500 + 300 + 20, 2)


def test_very_many_packages_cost_their_share() -> None:
    tons = 10_000 * (MOST_FULL + 500)
    found, packages = cost(STEPS, tons)
    assert packages == MOST_FULL + 500
    assert 900 * (MOST_FULL + 500) <= found <= 900 * (MOST_FULL + 501) + 1
    assert len(prices(STEPS, Profile(), 10**12)) < 3 * (MOST_FULL + 2)


def test_handling_and_units() -> None:
    busy = Profile(handling_parcel=70, handling_unit=5)
    found, _ = cheapest(prices(Tariff((Band(100, 10, 3),)), busy, 5000), 2000, 4)
    assert found == (100 + 20 + 12 + 70 + 20) * MILLI


bands = st.lists(
    st.tuples(st.integers(1, 4000), st.integers(0, 2000), st.integers(0, 300), st.integers(0, 50)),
    min_size=1,
    max_size=5,
    unique_by=lambda band: band[0],
)


@given(bands, st.booleans(), st.integers(0, 40_000), st.integers(1, 9), st.integers(0, 20_000))
@settings(max_examples=300, deadline=None)
def test_no_price_is_missing_or_below_its_band(
    rows: list[tuple[int, int, int, int]], endless: bool, grams: int, units: int, more: int
) -> None:
    ordered = sorted(rows)
    found = [Band(base, kg, unit, up_to) for up_to, base, kg, unit in ordered]
    if endless:
        found[-1] = Band(found[-1].base, found[-1].per_kg, found[-1].per_unit)
    tariff = Tariff(tuple(found))
    known = prices(tariff, Profile(), grams + more)
    best, price = cheapest(known, grams, units)
    fitting = [band for band in found if band.up_to_grams is None or grams <= band.up_to_grams]
    if fitting:  # one package: exactly the cheapest band
        single = min((b.base + b.per_unit * units) * MILLI + b.per_kg * grams for b in fitting)
        assert best == single
    else:
        heaviest = found[-1]
        assert price.packages(grams) >= 2
        assert best >= (heaviest.base * (grams // (heaviest.up_to_grams or 1))) * MILLI


def test_a_heavy_order_becomes_packages_in_the_decision() -> None:
    table = RateTable("Steps", "EUR", tuple(Rate(b.base, up_to_grams=b.up_to_grams) for b in STEPS.bands))
    found = decide(request([line("1", "v1", 5, 4100)], [source("a", v1=9)], table))
    (parcel,) = found.parcels
    assert (parcel.packages, parcel.cost.base, found.cost) == (3, 900 + 900 + 300, 2100)
    assert found.solver.optimal


def test_two_light_parcels_may_beat_a_heavy_one() -> None:
    table = RateTable("Steps", "EUR", (Rate(300, up_to_grams=1000), Rate(900, up_to_grams=3000)))
    both = [source("a", v1=9), source("b", v1=9)]
    found = decide(request([line("1", "v1", 2, 1000)], both, table))
    assert [parcel.quantity for parcel in found.parcels] == [1, 1]
    assert found.cost == 600
