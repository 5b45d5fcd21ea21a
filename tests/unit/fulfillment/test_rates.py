"""Which row of a rate table counts, compared with a reading of all rows one by one."""

from __future__ import annotations

import random
import sys

import pytest

from saleor_plugins.fulfillment.domain.rates.table import (
    Band,
    Rate,
    RateTable,
    Tariff,
    Way,
    ZonePlace,
    default_table,
    plain_code,
)


def table(*rates: Rate, zones: tuple[ZonePlace, ...] = ()) -> RateTable:
    return RateTable("T", "EUR", rates, zones)


def way(**more) -> Way:
    return Way(**{"warehouse_id": "W1", "origin": "DE", "destination": "FR", **more})


def base(rates: RateTable, **more) -> int | None:
    found = rates.find(way(**more))
    return found.bands[0].base if found else None


ZONES = (
    ZonePlace("North", "FR", "5"),
    ZonePlace("Lille", "FR", "590"),
    ZonePlace("Far", "FR"),
    ZonePlace("Near", "FR", "", "W2"),
)


def test_the_most_specific_row_counts_whatever_the_order() -> None:
    rows = [
        Rate(1),
        Rate(2, origin="DE"),
        Rate(3, destination="FR"),
        Rate(4, destination="FR", origin="DE"),
        Rate(5, zone="far"),
        Rate(6, service="Express"),
        Rate(7, service="EXPRESS", destination="FR"),
        Rate(8, warehouse_id="W1"),
        Rate(9, warehouse_id="W1", service="express"),
    ]
    for seed in range(20):
        random.Random(seed).shuffle(rows)
        for count in range(9, 0, -1):
            known = table(*(row for row in rows if row.base <= count), zones=ZONES)
            assert base(known, service="Express") == count, count
    assert base(table(*rows, zones=ZONES)) == 8
    assert base(table(*rows, zones=ZONES), warehouse_id="W3") == 5
    assert base(table(*rows), warehouse_id="W3") == 4
    assert base(table(*rows), warehouse_id="W3", origin="PL") == 3
    assert base(table(*rows), warehouse_id="W3", destination="PL") == 2
    assert base(table(*rows), warehouse_id="", origin="", destination="") == 1
    assert base(table(Rate(1, destination="DE"))) is None
    assert base(table(Rate(1, zone="FAR"), zones=ZONES)) == 1
    assert base(table(Rate(1, zone="Near"), zones=ZONES)) is None
    assert base(table()) is None


def test_a_zone_is_the_longest_prefix_and_the_warehouses_own_comes_first() -> None:
    known = table(zones=ZONES)
    zones = {
        code: known.zone(way(postal_code=code)) for code in ("59000", "59100", "F-59 000", "75001", "", "5")
    }
    assert zones == {
        "59000": "Lille",
        "59100": "North",
        "F-59 000": "Lille",
        "75001": "Far",
        "": "Far",
        "5": "North",
    }
    assert known.zone(way(postal_code="59000", warehouse_id="W2")) == "Near"
    assert known.zone(way(postal_code="59000", destination="DE")) == ""


@pytest.mark.parametrize(
    ("code", "country", "plain"),
    [
        ("10115", "DE", "10115"),
        ("D-10115", "DE", "10115"),
        ("LV-1010", "LV", "1010"),
        ("LV1010", "LV", "1010"),
        ("00-950", "PL", "00950"),
        ("100-0001", "JP", "1000001"),
        ("１００－０００１", "JP", "1000001"),
        ("sw1a 1aa", "GB", "SW1A1AA"),
        ("K1A 0B1", "CA", "K1A0B1"),
        ("90210-1234", "US", "902101234"),
        ("", "IE", ""),
        ("--", "IE", ""),
    ],
)
def test_postal_codes_are_compared_without_their_dress(code: str, country: str, plain: str) -> None:
    assert plain_code(code, country) == plain
    assert plain_code(plain, country) == plain


def test_distance_bands() -> None:
    known = table(Rate(1, up_to_km=100), Rate(2, up_to_km=500), Rate(3), Rate(9, origin="DE", up_to_km=50))
    assert [base(known, origin="PL", km=km) for km in (0.0, 100.0, 100.1, 500.0, 20000.0, None)] == [
        1,
        1,
        2,
        2,
        3,
        3,
    ]
    # The more exact scope has no row for so far: the next scope has.
    assert [base(known, km=km) for km in (50.0, 50.1, None)] == [9, 1, 3]
    assert base(table(Rate(1, up_to_km=100)), km=None) is None


def test_weight_bands_are_one_tariff() -> None:
    rows = [
        Rate(5, up_to_grams=1000),
        Rate(9, 1, 2, up_to_grams=5000, transit_days=4),
        Rate(20, transit_days=2),
    ]
    for seed in range(6):
        random.Random(seed).shuffle(rows)
        assert table(*rows).find(way()) == Tariff((Band(5, 0, 0, 1000), Band(9, 1, 2, 5000), Band(20)), 4)
    assert table(Rate(5)).find(way()) == Tariff((Band(5),), None)
    assert table(Rate(5, up_to_grams=0, up_to_km=0)).find(way()) == Tariff((Band(5),), None)


def _oracle(known: RateTable, asked: Way) -> Tariff | None:
    """Every row by itself: does it fit, and how much does it say?"""
    zone = known.zone(asked).casefold()
    fitting = [
        rate
        for rate in known.rates
        if rate.warehouse_id in ("", asked.warehouse_id)
        and rate.service.casefold() in ("", asked.service.casefold())
        and (rate.zone.casefold() == zone if rate.zone else rate.destination in ("", asked.destination))
        and rate.origin in ("", asked.origin)
        and (not rate.up_to_km or (asked.km is not None and asked.km <= rate.up_to_km))
    ]
    if not fitting:
        return None
    fields = ("warehouse_id", "service", "zone", "destination", "origin")
    best = max(
        fitting, key=lambda rate: ([bool(getattr(rate, name)) for name in fields], -(rate.up_to_km or 10**9))
    )
    same = [rate for rate in fitting if (rate.scope, rate.up_to_km) == (best.scope, best.up_to_km)]
    return next(iter(RateTable("O", "EUR", tuple(same))._scopes.values()))[1][0]


@pytest.mark.parametrize("seed", range(100))
def test_agrees_with_a_reading_of_all_rows(seed: int) -> None:
    rng = random.Random(seed)
    rows = {}
    for _ in range(rng.choice([1, 2, 3, 10, 60])):
        to_zone = rng.random() < 0.4
        from_warehouse = rng.random() < 0.4
        rate = Rate(
            rng.randint(0, 99),
            warehouse_id=rng.choice(["W1", "W2"]) if from_warehouse else "",
            origin="" if from_warehouse else rng.choice(["", "DE", "FR"]),
            zone=rng.choice(["North", "north", "Far"]) if to_zone else "",
            destination="" if to_zone else rng.choice(["", "DE", "FR"]),
            service=rng.choice(["", "Express", "EXPRESS", "Post"]),
            up_to_km=rng.choice([None, 100, 500]),
            up_to_grams=rng.choice([None, 1000, 5000]),
            transit_days=rng.choice([None, 1, 2]),
        )
        rows[rate.key] = rate
    known = table(*rows.values(), zones=ZONES)
    for _ in range(200):
        asked = Way(
            rng.choice(["W1", "W2", "W3"]),
            rng.choice(["DE", "FR", "PL", ""]),
            rng.choice(["DE", "FR", "PL"]),
            rng.choice(["59000", "51000", "75001", ""]),
            rng.choice(["", "express", "Post", "Bike"]),
            rng.choice([None, 0.0, 100.0, 300.0, 900.0]),
        )
        assert known.find(asked) == _oracle(known, asked), asked


def test_twenty_thousand_rows_are_asked_in_as_many_steps_as_fifty() -> None:
    def known(size: int) -> RateTable:
        rates = tuple(Rate(n, destination="FR", service=f"S{n % 5}", up_to_km=n + 1) for n in range(size))
        zones = tuple(ZonePlace(f"Z{n % 50}", "FR", f"{n:05}") for n in range(size))
        return table(*rates, *(Rate(n, zone=f"Z{n}", service="S1") for n in range(50)), zones=zones)

    def steps(rates: RateTable, asked: Way) -> int:
        """Lines of Python that finding a tariff runs."""
        count = 0
        rates.find(asked)  # postal codes are remembered

        def trace(*_: object) -> object:
            nonlocal count
            count += 1
            return trace

        sys.settrace(trace)
        try:
            found = rates.find(asked)
        finally:
            sys.settrace(None)
        assert found
        return count

    small, large = known(50), known(20_000)
    for asked in (
        way(service="S1", postal_code="00013", km=5.0),
        way(service="S2", km=48.0),
        way(service="S0", km=1.0),
    ):
        assert steps(large, asked) == steps(small, asked)


def test_the_built_in_table_knows_home_from_abroad() -> None:
    euros, yen = default_table("EUR", {"DE", "FR", ""}), default_table("JPY", {"JP"})
    assert base(euros, destination="DE") == 500
    assert base(euros) == base(euros, origin="") == 1500
    assert base(yen, origin="JP", destination="JP") == 5
