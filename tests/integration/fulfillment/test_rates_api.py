"""Rate cards over GraphQL: entered, priced by, replaced, dated, paged."""

from __future__ import annotations

import re
from pathlib import Path

from saleor_plugins.fulfillment.models import Rate, RateCard
from tests.integration.fulfillment.queries import done, refused

ERRORS = "errors { field message code }"
CARD = """name currency active validFrom validUntil rateCount zoneCount
  rates(first: $first, after: $after) { id warehouseId origin destination zone service upToKm upToGrams
    base { amount currency } perKg { amount } perUnit { amount } transitDays }
  zones { id zone country postalPrefix warehouseId }"""
PAGE = "$first: Int, $after: ID"
SET = f"""mutation($card: String, $currency: String, $rate: RateInput!) {{
  rateSet(card: $card, currency: $currency, rate: $rate) {{
    rate {{ id zone service upToKm upToGrams base {{ amount currency }} transitDays }} {ERRORS} }} }}"""
REPLACE = f"""mutation({PAGE}, $card: String!, $currency: String!, $rates: [RateInput!]!,
    $zones: [RateZoneInput!], $activate: Boolean) {{
  ratesReplace(card: $card, currency: $currency, rates: $rates, zones: $zones, activate: $activate) {{
    card {{ {CARD} }} {ERRORS} }} }}"""
ZONES = f"""mutation({PAGE}, $card: String!, $currency: String, $zones: [RateZoneInput!]!) {{
  zonesReplace(card: $card, currency: $currency, zones: $zones) {{ card {{ {CARD} }} {ERRORS} }} }}"""
CARD_SET = f"""mutation($card: String!, $currency: String, $from: Date, $until: Date, $reset: [RateCardField!]) {{
  rateCardSet(card: $card, currency: $currency, validFrom: $from, validUntil: $until, reset: $reset) {{
    card {{ name active validFrom validUntil }} {ERRORS} }} }}"""
ACTIVATE = f"""mutation($card: String!, $active: Boolean) {{ rateCardActivate(card: $card, active: $active) {{
    card {{ name active }} {ERRORS} }} }}"""
RATES = f"query({PAGE}, $card: String) {{ rates(card: $card) {{ {CARD} }} }}"
WIDE = [
    {"base": "9.00", "zone": "South", "service": "Express", "upToKm": 300, "upToGrams": 1000, "perKg": "1"},
    {"base": "5", "destination": "US", "transitDays": 3},
    {"base": "15"},
]
SOUTH = [{"zone": "South", "country": "DE", "postalPrefix": "8"}, {"zone": "South", "country": "AT"}]


def replaced(router, staff, **values):
    given = {"card": "DHL", "currency": "USD", "rates": WIDE, "zones": SOUTH, **values}
    return router.ask(REPLACE, staff, **given)


def test_a_card_is_entered_whole_and_read_back(router, staff) -> None:
    card = done(replaced(router, staff), "ratesReplace")["card"]
    assert (card["active"], card["rateCount"], card["zoneCount"]) == (True, 3, 2)
    first = card["rates"][0]
    assert {name: first[name] for name in ("zone", "service", "upToKm", "upToGrams", "transitDays")} == {
        "zone": "South",
        "service": "Express",
        "upToKm": 300,
        "upToGrams": 1000,
        "transitDays": None,
    }
    assert first["perKg"]["amount"] == "1.00"
    assert [row["postalPrefix"] for row in card["zones"]] == ["8", ""]
    (listed,) = router.ask(RATES, staff)["data"]["rates"]
    assert listed == card


def test_what_stays_the_same_keeps_its_id(router, staff) -> None:
    before = done(replaced(router, staff), "ratesReplace")["card"]["rates"]
    rates = [WIDE[1], {"base": "16"}, {"base": "1", "origin": "DE"}]
    after = done(replaced(router, staff, rates=rates), "ratesReplace")["card"]["rates"]
    assert before[1]["id"] in {row["id"] for row in after}
    assert before[0]["id"] not in {row["id"] for row in after}
    assert sorted(row["base"]["amount"] for row in after) == ["1.00", "16.00", "5.00"]


def test_rows_are_paged_in_one_query_for_all_cards(router, staff, django_assert_max_num_queries) -> None:
    rates = [{"base": str(number), "service": f"S{number}"} for number in range(7)]
    for name in ("A", "B", "C"):
        done(replaced(router, staff, card=name, rates=rates, zones=None), "ratesReplace")
    cards = router.ask(RATES, staff, first=3)["data"]["rates"]
    assert [len(card["rates"]) for card in cards] == [3, 3, 3]
    seen, after = [], None
    for _ in range(3):
        (card,) = router.ask(RATES, staff, card="B", first=3, after=after)["data"]["rates"]
        seen += [row["service"] for row in card["rates"]]
        after = card["rates"][-1]["id"]
    assert seen == [f"S{number}" for number in range(7)]
    with django_assert_max_num_queries(8):  # who asks, cards, rates, zones
        assert len(router.ask(RATES, staff, first=100)["data"]["rates"]) == 3
    for wrong in ({"first": 0}, {"first": 1001}, {"after": "x"}):
        (error, *_) = router.ask(RATES, staff, **wrong)["errors"]
        assert error["extensions"]["exception"]["field"] == next(iter(wrong))


def test_services_and_zones_are_told_apart_without_case(router, staff) -> None:
    done(replaced(router, staff), "ratesReplace")
    rate = {"base": "8", "zone": "SOUTH", "service": "EXPRESS", "upToKm": 300, "upToGrams": 1000}
    stored = done(router.ask(SET, staff, card="DHL", rate=rate), "rateSet")["rate"]
    assert (stored["zone"], stored["service"], stored["base"]["amount"]) == ("South", "Express", "8.00")
    assert Rate.objects.count() == 3
    twice = [{"base": "1", "service": "DHL"}, {"base": "2", "service": "dhl"}]
    assert refused(replaced(router, staff, rates=twice), "ratesReplace") == [("rates.1", "UNIQUE")]


def test_every_bad_row_is_named_and_nothing_is_written(router, staff) -> None:
    done(replaced(router, staff), "ratesReplace")
    bad = [
        {"base": "x"},
        {"base": "5", "zone": "North"},
        {"base": "5", "zone": "South", "destination": "DE"},
        {"base": "5", "destination": "UK"},
        {"base": "5", "upToKm": -1},
        {"base": "5", "transitDays": 400},
        {"base": "5", "service": "a\x00b"},
        {"base": "5", "service": "tab\there"},
        {"base": "1.500"},
    ]
    assert refused(replaced(router, staff, rates=bad), "ratesReplace") == [
        ("rates.0.base", "INVALID"),
        ("rates.1.zone", "NOT_FOUND"),
        ("rates.2.destination", "INVALID"),
        ("rates.3.destination", "INVALID"),
        ("rates.4.upToKm", "INVALID"),
        ("rates.5.transitDays", "INVALID"),
        ("rates.6.service", "INVALID"),
        ("rates.7.service", "INVALID"),
        ("rates.8.base", "INVALID"),
    ]
    many = [{"base": "x"}] * 5000
    answer = replaced(router, staff, rates=many)
    assert len(refused(answer, "ratesReplace")) == 101
    assert answer["data"]["ratesReplace"]["errors"][-1]["message"] == "And 4,900 more errors."
    assert Rate.objects.count() == 3


def test_zones_cannot_leave_rates_behind(router, staff) -> None:
    done(replaced(router, staff), "ratesReplace")
    north = [{"zone": "North", "country": "DE"}]
    answer = router.ask(ZONES, staff, card="DHL", zones=north)
    assert refused(answer, "zonesReplace") == [("zones", "CONFLICT")]
    more = [*SOUTH, {"zone": "North", "country": "DE", "postalPrefix": "1 0"}]
    card = done(router.ask(ZONES, staff, card="DHL", zones=more), "zonesReplace")["card"]
    assert [(row["zone"], row["postalPrefix"]) for row in card["zones"]][-1] == ("North", "10")
    twice = [*SOUTH, {"zone": "North", "country": "AT"}]
    assert refused(router.ask(ZONES, staff, card="DHL", zones=twice), "zonesReplace") == [
        ("zones.2", "UNIQUE")
    ]
    bad = [
        {"zone": "South", "country": "ZZ", "postalPrefix": "--"},
        {"zone": " ", "country": "DE"},
        {"zone": "South", "country": "DE", "warehouseId": "Nowhere"},
    ]
    fields = refused(router.ask(ZONES, staff, card="DHL", zones=bad), "zonesReplace")
    assert fields == [
        ("zones.0.country", "INVALID"),
        ("zones.0.postalPrefix", "INVALID"),
        ("zones.1.zone", "REQUIRED"),
        ("zones.2.warehouseId", "NOT_FOUND"),
    ]


def test_activating_switches_off_only_cards_of_the_same_days(router, staff) -> None:
    for name, first, last in (
        ("2025", None, "2025-12-31"),
        ("2026", "2026-01-01", "2026-12-31"),
        ("2027", "2027-01-01", None),
        ("Summer", "2026-06-01", "2026-08-31"),
    ):
        dates = {"from": first, "until": last}
        done(router.ask(CARD_SET, staff, card=name, currency="USD", **dates), "rateCardSet")
        done(router.ask(ACTIVATE, staff, card=name), "rateCardActivate")
    assert set(RateCard.objects.filter(is_active=True).values_list("name", flat=True)) == {
        "2025",
        "2027",
        "Summer",
    }
    answer = router.ask(CARD_SET, staff, card="Summer", until="2027-01-01")
    assert refused(answer, "rateCardSet") == [("validFrom", "CONFLICT")]
    answer = router.ask(CARD_SET, staff, card="Summer", until="2026-01-01")
    assert refused(answer, "rateCardSet") == [("validUntil", "INVALID")]
    card = done(router.ask(ACTIVATE, staff, card="Summer", active=False), "rateCardActivate")["card"]
    assert not card["active"]
    reset = router.ask(CARD_SET, staff, card="Summer", reset=["VALID_FROM", "VALID_UNTIL"])
    assert done(reset, "rateCardSet")["card"] == {
        "name": "Summer",
        "active": False,
        "validFrom": None,
        "validUntil": None,
    }


def test_only_a_card_that_is_not_active_is_deleted(router, staff) -> None:
    done(replaced(router, staff), "ratesReplace")
    delete = f'mutation {{ rateCardDelete(card: "DHL") {{ deletedCard {ERRORS} }} }}'
    assert refused(router.ask(delete, staff), "rateCardDelete") == [("card", "CONFLICT")]
    done(router.ask(ACTIVATE, staff, card="DHL", active=False), "rateCardActivate")
    assert done(router.ask(delete, staff), "rateCardDelete")["deletedCard"] == "DHL"
    assert not RateCard.objects.exists() and not Rate.objects.exists()
    assert refused(router.ask(delete, staff), "rateCardDelete") == [("card", "NOT_FOUND")]


def test_the_example_of_the_docs_works(router, staff) -> None:
    text = Path(__file__).parents[3].joinpath("docs/routing.md").read_text()
    (example,) = (
        found for found in re.findall(r"```graphql\n(.*?)```", text, re.S) if "ratesReplace" in found
    )
    card = done(router.ask(example, staff), "ratesReplace")["card"]
    assert card == {"name": "DHL 2026", "active": True, "rateCount": 4}
