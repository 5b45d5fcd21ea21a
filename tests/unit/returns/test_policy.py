"""Windows and deadlines are days of the shop, whatever the clocks do."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_plugins.kernel.clock import day_of
from saleor_plugins.kernel.errors import Invalid, Invalids
from saleor_plugins.platform.settings import parse_settings
from saleor_plugins.returns.config import SETTINGS
from saleor_plugins.returns.domain.plan import ShippingRule
from saleor_plugins.returns.domain.policy import Policy, check_available, deadline, start_of
from saleor_plugins.returns.domain.shipped import ParcelLine, youngest

ZONES = ["UTC", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Australia/Lord_Howe"]
INSTANTS = st.integers(1_577_836_800, 2_051_222_400).map(lambda at: datetime.fromtimestamp(at, UTC))


@given(INSTANTS, st.integers(1, 400), st.sampled_from(ZONES))
def test_an_approval_expires_as_a_day_of_the_shop_ends(now: datetime, days: int, zone: str) -> None:
    end = deadline(days, now, zone)
    assert end is not None
    assert day_of(end, zone) == day_of(now, zone) + timedelta(days=days + 1)
    assert day_of(end - timedelta(seconds=1), zone) == day_of(now, zone) + timedelta(days=days)


def test_days_may_have_23_or_25_hours_and_may_lack_midnight() -> None:
    for day, hours in ((date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 7, 1), 24)):
        length = start_of(day + timedelta(days=1), "America/New_York") - start_of(day, "America/New_York")
        assert length == timedelta(hours=hours)
    # Clocks in Havana went from midnight to one.
    first = start_of(date(2026, 3, 8), "America/Havana").astimezone(ZoneInfo("America/Havana"))
    assert first.date() == date(2026, 3, 8)


def test_nothing_expires_without_days() -> None:
    assert deadline(0, datetime(2026, 1, 1, tzinfo=UTC), "UTC") is None


def test_a_snapshot_is_json_and_comes_back_equal() -> None:
    policy = Policy(
        7, True, 21, ShippingRule.PROPORTIONAL, "4.90", "12.5", "3.00", "CUSTOMER", "FIXED", "V2g6MQ=="
    )
    assert Policy.restored(json.loads(json.dumps(policy.snapshot()))) == policy


def test_rules_older_or_newer_than_a_snapshot_do_no_harm() -> None:
    assert Policy.restored({"window_days": 3, "a_rule_of_tomorrow": 1}) == Policy(window_days=3)


def test_who_withdraws_has_the_standard_delivery_back() -> None:
    assert Policy().delivery(by_law=True) is ShippingRule.STANDARD
    assert Policy().delivery(by_law=False) is ShippingRule.NONE
    for rule in (ShippingRule.STANDARD, ShippingRule.PROPORTIONAL):
        assert Policy(refund_shipping=rule).delivery(by_law=True) is rule


def test_more_than_is_available_names_how_many_are() -> None:
    check_available(2, 2, field="lines.0.quantity")
    with pytest.raises(Invalid) as caught:
        check_available(1, -3, field="lines.0.quantity")
    assert caught.value.message == "Only 0 can be returned."


NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_the_youngest_parcel_that_is_still_out_counts_from_its_delivery() -> None:
    parcels = [
        ParcelLine("1", "a", "FULFILLED", 1, NOON, "first"),
        ParcelLine("2", "a", "FULFILLED", 1, NOON + timedelta(days=5), "second"),
        ParcelLine("3", "b", "FULFILLED", 1, NOON, "first"),
        ParcelLine("4", "c", "RETURNED", 1, NOON + timedelta(days=9), "third"),
    ]
    out = {"a": {"1": 1, "2": 1}, "b": {"3": 1}}
    assert youngest(parcels, out, {}) == {"a": NOON + timedelta(days=5), "b": NOON}
    arrived = {"first": NOON + timedelta(days=7)}
    assert youngest(parcels, out, arrived) == {"a": NOON + timedelta(days=7), "b": NOON + timedelta(days=7)}
    assert youngest(parcels, {"a": {"1": 1}}, {}) == {"a": NOON}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("return_window_days", "-1"),
        ("return_window_days", "a month"),
        ("return_window_days", "3651"),
        ("auto_approve", "perhaps"),
        ("expiry_days", "1.5"),
        ("expiry_days", "99999"),
        ("refund_shipping", "some"),
        ("restocking_fee_percent", "101"),
        ("restocking_fee_percent", "-0.1"),
        ("restocking_fee_percent", "NaN"),
        ("label_fee", "-1"),
        ("label_fee", "a lot"),
        ("standard_shipping", "-1"),
        ("standard_shipping", "free"),
        ("withdrawal_postage", "NOBODY"),
        ("restock_into", "SOMEWHERE"),
        ("restock_warehouse", "warehouse 1"),
        ("restock_map", "shoes"),
        ("transfer_costs", "Berlin > Paris"),
        ("transfer_costs", "Berlin > Paris = -1"),
    ],
)
def test_a_bad_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(Invalids) as caught:
        parse_settings(SETTINGS, {name: value})
    assert [error.field for error in caught.value.errors] == [name]


def test_every_bad_setting_is_named_at_once() -> None:
    with pytest.raises(Invalids) as caught:
        parse_settings(SETTINGS, {"expiry_days": "x", "restock_into": "x"})
    assert [error.field for error in caught.value.errors] == ["expiry_days", "restock_into"]


def test_names_are_taken_in_any_case_of_letters() -> None:
    values = parse_settings(SETTINGS, {"refund_shipping": "Standard", "restock_into": "nearest"})
    assert (values["refund_shipping"], values["restock_into"]) == ("STANDARD", "NEAREST")
