"""Where addresses are, without a network."""

from __future__ import annotations

import pytest

from saleor_plugins.fulfillment.domain.facts import Place, Request, Source
from saleor_plugins.fulfillment.domain.rates.table import default_table
from saleor_plugins.fulfillment.domain.sourcing.candidates import Candidate
from saleor_plugins.kernel.geo import Position, Sure, country_codes, folded, locate


@pytest.mark.parametrize(
    "city",
    [
        "Munich",
        "München",
        "MÜNCHEN",
        "Muenchen",
        " münchen ",
        "Monaco di Baviera",
        "Мюнхен",
        "80331 München",
        "München (Schwabing)",
        "München, Altstadt",
    ],
)
def test_a_city_has_many_names(city: str) -> None:
    found = locate("DE", city)
    assert found.sure is Sure.CITY
    assert found.position == pytest.approx((48.137, 11.575), abs=0.05)


@pytest.mark.parametrize(
    ("country", "city", "area", "near"),
    [
        ("US", "Springfield", "IL", (39.8, -89.6)),
        ("US", "Springfield", "Illinois", (39.8, -89.6)),
        ("US", "springfield", "mo", (37.2, -93.3)),
        ("US", "Paris", "TX", (33.7, -95.6)),
        ("CA", "London", "ON", (43.0, -81.2)),
        ("GB", "London", "", (51.5, -0.1)),
        ("AU", "Newcastle", "NSW", (-32.9, 151.8)),
        ("PL", "LODZ", "", (51.8, 19.5)),
        ("DK", "København", "", (55.7, 12.6)),
        ("JP", "東京", "", (35.7, 139.7)),
        ("IS", "Reykjavík", "", (64.1, -21.9)),
    ],
)
def test_a_city_is_the_one_of_its_area_and_country(country, city, area, near) -> None:
    found = locate(country, city, area)
    assert found.sure is Sure.CITY
    assert found.position == pytest.approx(near, abs=0.1)


@pytest.mark.parametrize(
    ("country", "city", "area", "code", "near"),
    [
        ("FR", "Saint-Denis", "", "97400", (-20.9, 55.5)),  # La Réunion
        ("FR", "Saint-Denis", "", "93200", (48.9, 2.4)),
        ("FR", "Gustavia", "", "97133", (17.9, -62.8)),
        ("GB", "St Helier", "", "JE2 3AB", (49.2, -2.1)),
        ("US", "San Juan", "PR", "00901", (18.5, -66.1)),
        ("US", "Hagåtña", "", "96910", (13.5, 144.7)),
        ("NO", "Longyearbyen", "", "9170", (78.2, 15.6)),
        ("FJ", "Suva", "", "", (-18.1, 178.4)),
    ],
)
def test_islands(country, city, area, code, near) -> None:
    found = locate(country, city, area, code)
    assert found.sure is Sure.CITY
    assert found.position == pytest.approx(near, abs=0.2)


def test_without_its_city_an_address_is_at_the_main_one() -> None:
    berlin = locate("DE", "Berlin").position
    for city in ("", "Qwertz", "12345", "??", "x" * 500, "\x00", "a\nb"):
        assert locate("DE", city) == locate("DE")
        assert (locate("DE", city).sure, locate("DE", city).position) == (Sure.COUNTRY, berlin)
    houston = locate("US", "Nowhereville", "TX")
    assert houston.sure is Sure.COUNTRY
    assert houston.position == pytest.approx((29.8, -95.4), abs=0.1)
    for nowhere in ("", "XX", "DEU", "BV", '"', "D\x00"):
        assert locate(nowhere, "Berlin").position is None
        assert locate(nowhere).sure is Sure.NONE


def test_small_countries_and_islands_have_a_position() -> None:
    codes = "AD AI AX BM CK FK GG GI GL IM JE KI LI MC MH MT NR NU PM PN PW SH SM ST TK TO TV VA WF WS"
    small = codes.split()
    assert [code for code in small if locate(code).sure is not Sure.COUNTRY] == []
    assert set(small) < country_codes() and "UK" not in country_codes()


def away(here: Position | None, there: Position | None) -> float | None:
    """The way of a parcel between two places."""
    source = Source("W", "W", Place("FJ", position=here), frozenset({"FJ"}))
    rates = default_table("EUR", {"FJ"})
    return Candidate(source, Request((), (source,), Place("FJ", position=there), rates), ()).km


def test_distance_crosses_the_antimeridian() -> None:
    assert away((-17.0, 179.0), (-17.0, -179.0)) == pytest.approx(213, abs=2)
    assert away((90.0, 0.0), (90.0, 180.0)) == pytest.approx(0, abs=0.1)
    assert away((0.0, 0.0), (0.0, 180.0)) == pytest.approx(20015, abs=2)
    assert away((52.5, 13.4), (48.1, 11.6)) == pytest.approx(504, abs=5)
    assert away(None, (0.0, 0.0)) is None and away((0.0, 0.0), None) is None


def test_folding() -> None:
    assert folded("  Straße-des 17._Juni ") == "strasse des 17 juni"
    assert folded("ŁÓDŹ") == folded("lodz") == "lodz"
    assert folded("Ærø") == "aero"
    assert folded("---") == ""
