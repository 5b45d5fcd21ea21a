"""Hold rules: what they see, what they say, and that the same find is the same hold."""

from __future__ import annotations

import pytest

from saleor_plugins.fulfillment.domain.life.holds import Case, found_hash, matches

CASE = Case(
    total=15000,
    currency="EUR",
    country="DE",
    quantity=7,
    address=("1 Main Street", "Berlin"),
    metadata={"vip": "yes"},
)


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        ({"rule": "TOTAL_ABOVE", "amount": 14999, "currency": "EUR"}, True),
        ({"rule": "TOTAL_ABOVE", "amount": 15000, "currency": "EUR"}, False),
        ({"rule": "TOTAL_ABOVE", "amount": 1, "currency": "USD"}, False),
        ({"rule": "DESTINATION_IN", "countries": ["FR", "DE"]}, True),
        ({"rule": "DESTINATION_IN", "countries": ["FR"]}, False),
        ({"rule": "QUANTITY_ABOVE", "quantity": 6}, True),
        ({"rule": "QUANTITY_ABOVE", "quantity": 7}, False),
        ({"rule": "METADATA", "key": "vip", "value": "yes"}, True),
        ({"rule": "METADATA", "key": "vip", "value": "no"}, False),
        ({"rule": "METADATA", "key": "vip"}, True),
        ({"rule": "METADATA", "key": "fraud"}, False),
        ({"rule": "PO_BOX"}, False),
    ],
)
def test_each_rule(rule: dict, holds: bool) -> None:
    found = matches([rule], CASE)
    assert bool(found) is holds
    assert all(match.code == rule["rule"] and match.reason.endswith(".") for match in found)


@pytest.mark.parametrize(
    ("street", "holds"),
    [
        ("P.O. Box 12", True),
        ("PO BOX 7", True),
        ("p o box 7", True),
        ("Post Office Box 9", True),
        ("Postfach 11 22 33", True),
        ("BP 120", True),
        ("Boîte postale 3", True),
        ("Apartado de correos 15", True),
        ("Casella Postale 8", True),
        ("Postbus 90", True),
        ("Boxberg 3", False),
        ("12 Boxwood Road", False),
        ("Postplatz 1", False),
        ("Poboxstraat", False),
        ("1 Apartado Hill Drive", False),
        ("", False),
    ],
)
def test_post_boxes(street: str, holds: bool) -> None:
    case = Case(0, "EUR", "DE", 1, address=(street, "Berlin"))
    assert bool(matches([{"rule": "PO_BOX"}], case)) is holds


def test_the_same_find_is_the_same_hold_and_says_nothing_of_the_order() -> None:
    rules = [
        {"rule": "TOTAL_ABOVE", "amount": 1, "currency": "EUR"},
        {"rule": "DESTINATION_IN", "countries": ["DE"]},
    ]
    one, other = found_hash(matches(rules, CASE)), found_hash(matches(rules[::-1], CASE))
    assert one == other
    assert "15000" not in one and "DE" not in one
    moved = Case(15000, "EUR", "FR", 7)
    assert found_hash(matches(rules, moved)) != one


def test_an_unknown_rule_is_never_passed_over() -> None:
    with pytest.raises(KeyError):
        matches([{"rule": "NEW"}], CASE)
