"""Rate tables as CSV: what spreadsheets write is read, what is doubtful is refused, nothing is lost."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saleor_plugins.fulfillment.domain.rates.csv_rows import decode, read_table, write_table
from saleor_plugins.fulfillment.domain.rates.rows import (
    RATE_FIELDS,
    ZONE_FIELDS,
    Warehouses,
    difference,
    raise_errors,
    read_rates,
    read_zones,
)
from saleor_plugins.fulfillment.domain.rates.table import Rate, ZonePlace
from saleor_plugins.kernel.errors import Invalid, Invalids
from saleor_plugins.kernel.money import from_minor

# A loaded machine is no error.
SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
AMOUNTS = ("base", "perKg", "perUnit")
BERLIN = Warehouses({"W1": "Berlin-Mitte", "W2": "Twin", "W3": "Twin", "W4": "=Formula"})


def read(text: str, currency: str = "EUR", zones: Any = ("South",)) -> tuple[list[Rate], list[str]]:
    """The rates of a table, and what is wrong with it."""
    errors: list[Invalid] = []
    found = read_table(text, RATE_FIELDS, errors, required=("base",), amounts=AMOUNTS, field="rates")
    rates = read_rates(found, currency, BERLIN, zones, errors)
    try:
        raise_errors(errors)
    except Invalids as bad:
        return rates, [f"{one.field}: {one.message}" for one in bad.errors]
    return rates, []


@pytest.mark.parametrize(
    "text",
    [
        "base,perKg,destination\n4.90,0.60,DE\n",
        "\ufeffbase,perKg,destination\r\n4.90,0.60,DE\r\n",
        "base;perKg;destination\r\n4,90;0,6;DE\r\n\r\n",
        "BASE\tper_kg\tDestination\n4.90\t0.60\tDE",
        '"Base"|"Per Kg"|"destination"\n"4.90"|" 0.60 "|DE',
        "\n\ndestination,base,PERKG\n\n DE ,4.9,.6\n,,\n".replace(",.6", ",0.6"),
        "base,perKg,destination\r4.90,0.60,DE\r",
    ],
)
def test_what_spreadsheets_write_is_read(text: str) -> None:
    assert read(text) == ([Rate(490, 60, destination="DE")], [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_encodings(encoding: str) -> None:
    text = "base,service\n5,Größe\n"
    content = text.encode(encoding)
    content = b"\xff\xfe" + content if encoding == "utf-16-le" else content
    assert read(decode(content)) == ([Rate(500, service="Größe")], [])


def test_an_unknown_encoding_names_the_line() -> None:
    with pytest.raises(Invalid, match="Line 3: is not UTF-8"):
        decode("base,service\n5,x\n5,Größe\n".encode("cp1252"))
    with pytest.raises(Invalid, match="larger than"):
        decode(b"x" * 20_000_001)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["rates.1: The header: the column base is missing."]),
        ("\r\n\r\n", ["rates.1: The header: the column base is missing."]),
        ("base,prise\n1,2\n", ['there is no column "prise"']),
        ("base,BASE\n1,2\n", ["the column base is there twice"]),
        ("base,perKg\n5\n", ["rates.2: Line 2: Has 1 cells, the header has 2."]),
        ("base\n5,6\n", ["rates.2: Line 2: Has 2 cells, the header has 1."]),
        ("base\n\n\nx\n", ["rates.4.base: Line 4, base: Must be a number such as 4.90."]),
        ('service,base\n"two\nlines",x\n\n,y\n', ["rates.2.base", "rates.2.service", "rates.5.base: Line 5"]),
        ("base\nNaN\nInfinity\n-1\n1e3\n\n1_000\n٣\n", [f"rates.{n}.base" for n in (2, 3, 4, 5, 7, 8)]),
        ("base;perKg\n1.500;1,500\n", ['rates.2.perKg: Line 2, perKg: "1,500" can be read in two ways']),
        ("base\n1.500\n", ["rates.2.base: Line 2, base: Has more decimals than EUR allows."]),
        ("base;zone\n1.234,56;\n", ["in two ways"]),
        ('base\n"1,234.56"\n', ["in two ways"]),
        ("base,zone\n1,North\n", ["rates.2.zone: Line 2, zone: The card has no such zone."]),
        ("base,warehouseId\n1,Twin\n1,Nowhere\n", ["2 warehouses are called so", "No such warehouse."]),
        ("base,service\n1,a\n2,A\n", ["rates.3: Line 3: The same places, service and band as line 2."]),
        ('base\n"5\n6\n', ["rates.2: Line 2: is not CSV"]),
        ('base\n5"6"7\n"5"x\n', ["rates.3: Line 3: is not CSV", "rates.2.base"]),
        ("base\n5\n\x00\n", ["rates.3: Line 3: has a NUL character."]),
        ("base,service\n5,a\x07b\n", ["rates.2.service: Line 2, service: Must have at most 100 printable"]),
    ],
)
def test_what_is_wrong_names_line_and_column(text: str, expected: list[str]) -> None:
    _, found = read(text)
    assert len(found) == len(expected), found
    for message, part in zip(found, expected, strict=True):
        assert part in message


def test_errors_are_capped() -> None:
    _, found = read("base\n" + "x\n" * 3000)
    assert len(found) == 101 and "And 2,900 more errors." in found[-1]
    assert (
        "Has more than 50,000 rows."
        in read("base,upToKm\n" + "".join(f"1,{n}\n" for n in range(50_001)))[1][0]
    )


def test_warehouses_go_by_id_name_or_slug() -> None:
    text = "base,warehouseId,upToKm\n1,W1,1\n1,berlin-mitte,2\n1,BERLIN MITTE,3\n1,W2,4\n1,'=Formula,5\n"
    assert [rate.warehouse_id for rate in read(text)[0]] == [
        "W1",
        "W1",
        "W1",
        "W2",
        "W4",
    ]


NAMES = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp", "Cn")), min_size=1, max_size=20)
NAMES = NAMES.map(str.strip).filter(lambda name: name and name.isprintable())
COUNTRIES = st.sampled_from(["", "DE", "FR", "US"])
RATES = st.builds(
    Rate,
    base=st.integers(0, 10**9),
    per_kg=st.integers(0, 10**6),
    per_unit=st.integers(0, 10**6),
    origin=COUNTRIES,
    destination=COUNTRIES,
    service=st.just("") | NAMES,
    up_to_km=st.none() | st.integers(1, 20000),
    up_to_grams=st.none() | st.integers(1, 10**6),
    transit_days=st.none() | st.integers(0, 365),
)


def as_row(rate: Rate, currency: str) -> dict[str, Any]:
    return {
        "warehouseId": rate.warehouse_id,
        "origin": rate.origin,
        "destination": rate.destination,
        "zone": rate.zone,
        "service": rate.service,
        "upToKm": rate.up_to_km,
        "upToGrams": rate.up_to_grams,
        "base": from_minor(rate.base, currency),
        "perKg": from_minor(rate.per_kg, currency),
        "perUnit": from_minor(rate.per_unit, currency),
        "transitDays": rate.transit_days,
    }


@SLOW
@given(st.lists(RATES, max_size=8, unique_by=lambda rate: rate.key), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_out_and_in_again_is_the_same(rates: list[Rate], currency: str) -> None:
    text = "".join(write_table(RATE_FIELDS, (as_row(rate, currency) for rate in rates)))
    assert read(text, currency) == (rates, [])
    assert difference(rates, read(text, currency)[0]).same == len(rates)


@given(
    st.lists(st.tuples(NAMES, st.sampled_from(["DE", "GB"]), st.from_regex(r"[A-Z0-9]{0,5}", fullmatch=True)))
)
def test_zones_too(places: list[tuple[str, str, str]]) -> None:
    zones = {place.key: place for place in (ZonePlace(*place) for place in places)}.values()
    text = "".join(
        write_table(
            ZONE_FIELDS,
            ({"zone": row.zone, "country": row.country, "postalPrefix": row.postal_prefix} for row in zones),
        )
    )
    errors: list[Invalid] = []
    found = read_table(text, ZONE_FIELDS, errors, required=("zone", "country"), field="zones")
    places = read_zones(found, BERLIN, errors)
    assert not errors
    assert [(row.zone, row.key) for row in places] == [(row.zone, row.key) for row in zones]


@SLOW
@given(st.text(max_size=30))
def test_no_cell_is_a_formula(cell: str) -> None:
    (line,) = csv.reader(io.StringIO(list(write_table(["service"], [{"service": cell}]))[1], newline="")) or [
        [""]
    ]
    assert not (line[0] if line else "").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@SLOW
@given(st.text(max_size=200))
def test_rubbish_is_refused_not_a_crash(text: str) -> None:
    rates, errors = read(text)
    assert errors or rates == [] or "base" in text.casefold()


def test_all_that_is_wrong_is_told_at_once() -> None:
    text = "base;perKg;zone\n1,234,5;1;South\n5;x;North\n5\n5;1;South\n"
    rates, found = read(text)
    assert [error.partition(":")[0] for error in found] == [
        "rates.2.base",
        "rates.4",
        "rates.3.perKg",
        "rates.3.zone",
    ]
    assert rates == [Rate(500, 100, zone="South")]


def test_a_difference_names_what_happens() -> None:
    old = [Rate(1), Rate(2, destination="DE"), Rate(3, destination="FR", service="x")]
    new = [Rate(1), Rate(5, destination="DE"), Rate(4, origin="DE")]
    change = difference(old, new)
    assert change.added == (new[2],) and change.changed == (new[1],) and change.removed == (old[2],)
    assert change.same == 1
