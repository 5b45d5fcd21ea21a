"""Routing policies over GraphQL."""

from __future__ import annotations

import pytest

from saleor_plugins.fulfillment import store
from saleor_plugins.fulfillment.models import RoutingPolicy
from saleor_plugins.fulfillment.usecases.set_rates import replace_rates
from tests.integration.fulfillment.queries import done, refused

FIELDS = """channel objective perParcel { amount currency } per100Km { amount } perDay { amount }
  latePerDay { amount } promiseDays mostParcels split shortage routeWhen createFulfillments
  holdRules { rule amount { amount currency } countries quantity key value }"""
POLICIES = f"{{ routingPolicies {{ {FIELDS} }} }}"
TYPES = {
    "channel": "String",
    "objective": "RoutingObjective",
    "currency": "String",
    "perParcel": "Amount",
    "per100Km": "Amount",
    "perDay": "Amount",
    "latePerDay": "Amount",
    "promiseDays": "Int",
    "mostParcels": "Int",
    "split": "Boolean",
    "shortage": "RoutingShortage",
    "holdRules": "[HoldRuleInput!]",
    "routeWhen": "RouteWhen",
    "createFulfillments": "Boolean",
    "reset": "[RoutingPolicyField!]",
}
SET = (
    f"mutation({', '.join(f'${name}: {kind}' for name, kind in TYPES.items())}) {{"
    f" routingPolicySet({', '.join(f'{name}: ${name}' for name in TYPES)})"
    f" {{ policy {{ {FIELDS} }} errors {{ field message code }} }} }}"
)
DELETE = """mutation($channel: String) { routingPolicyDelete(channel: $channel) {
  channel errors { field message code } } }"""
RULES = [
    {"rule": "TOTAL_ABOVE", "amount": "1000.00", "currency": "EUR"},
    {"rule": "DESTINATION_IN", "countries": ["KP", "IR"]},
    {"rule": "QUANTITY_ABOVE", "quantity": 50},
    {"rule": "METADATA", "key": "fraud", "value": "high"},
    {"rule": "PO_BOX"},
]


def test_every_field_is_set_read_and_reset(router, staff) -> None:
    values = {
        "objective": "WEIGHTED",
        "promiseDays": 3,
        "mostParcels": 2,
        "split": False,
        "shortage": "WAIT",
        "routeWhen": "PAID",
        "createFulfillments": True,
    }
    amounts = {"perParcel": "0.50", "per100Km": "0.10", "perDay": 1, "latePerDay": "2", "currency": "EUR"}
    answer = router.ask(SET, staff, channel="eu", **values, **amounts, holdRules=RULES)
    policy = done(answer, "routingPolicySet")["policy"]
    assert {name: policy[name] for name in values} == values
    assert policy["perParcel"] == {"amount": "0.50", "currency": "EUR"}
    assert (policy["per100Km"], policy["perDay"]) == ({"amount": "0.10"}, {"amount": "1.00"})
    assert policy["holdRules"][0]["amount"] == {"amount": "1000.00", "currency": "EUR"}
    assert policy["holdRules"][1]["countries"] == ["IR", "KP"]
    assert [rule["rule"] for rule in policy["holdRules"]] == [rule["rule"] for rule in RULES]
    assert store.rules_in(store.policies_revision(), "eu").hold_rules[0] == {
        "rule": "TOTAL_ABOVE",
        "currency": "EUR",
        "amount": 100000,
    }
    assert router.ask(POLICIES, staff)["data"]["routingPolicies"] == [policy]
    enum = {
        each["name"]
        for each in router.ask('{ __type(name: "RoutingPolicyField") { enumValues { name } } }', staff)[
            "data"
        ]["__type"]["enumValues"]
    }
    plain = done(router.ask(SET, staff, channel="eu", reset=sorted(enum)), "routingPolicySet")["policy"]
    fresh = done(router.ask(SET, staff, channel="new"), "routingPolicySet")["policy"]
    assert {**plain, "channel": "new"} == fresh


def test_a_channel_has_its_own_policy_or_that_of_all(router, staff) -> None:
    assert store.rules_in(store.policies_revision(), "eu").policy.most_parcels is None
    done(router.ask(SET, staff, mostParcels=3), "routingPolicySet")
    done(router.ask(SET, staff, channel="eu", mostParcels=1), "routingPolicySet")
    assert [
        store.rules_in(store.policies_revision(), each).policy.most_parcels for each in ("eu", "us", "")
    ] == [1, 3, 3]
    done(router.ask(DELETE, staff, channel="eu"), "routingPolicyDelete")
    assert store.rules_in(store.policies_revision(), "eu").policy.most_parcels == 3
    assert refused(router.ask(DELETE, staff, channel="eu"), "routingPolicyDelete") == [
        ("channel", "NOT_FOUND")
    ]


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"mostParcels": 0}, ["mostParcels"]),
        ({"promiseDays": -1}, ["promiseDays"]),
        ({"perParcel": "1"}, ["currency"]),
        ({"perParcel": "Infinity", "perDay": "-2", "currency": "EUR"}, ["perParcel", "perDay"]),
        ({"currency": "euro", "perDay": 1}, ["currency"]),
        ({"channel": "x" * 256}, ["channel"]),
        ({"holdRules": [{"rule": "TOTAL_ABOVE"}]}, ["holdRules.0.currency", "holdRules.0.amount"]),
        ({"holdRules": [{"rule": "DESTINATION_IN", "countries": []}]}, ["holdRules.0.countries"]),
        ({"holdRules": [{"rule": "DESTINATION_IN", "countries": ["UK"]}]}, ["holdRules.0.countries"]),
        ({"holdRules": [{"rule": "PO_BOX"}, {"rule": "QUANTITY_ABOVE"}]}, ["holdRules.1.quantity"]),
        ({"holdRules": [{"rule": "METADATA", "value": "x"}]}, ["holdRules.0.key"]),
        ({"holdRules": [{"rule": "PO_BOX", "quantity": 3}]}, ["holdRules.0.quantity"]),
        ({"holdRules": [{"rule": "PO_BOX"}] * 21}, ["holdRules"]),
        ({"split": True, "reset": ["SPLIT"]}, ["reset"]),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_stored(router, staff, values, fields) -> None:
    answer = router.ask(SET, staff, **values)
    assert [field for field, _ in refused(answer, "routingPolicySet")] == fields
    assert not RoutingPolicy.objects.exists()


def test_amounts_agree_with_the_active_card(router, staff) -> None:
    replace_rates("EU", "EUR", [{"base": "5"}], activate=True)
    answer = router.ask(SET, staff, perParcel="1", currency="USD")
    assert refused(answer, "routingPolicySet") == [("currency", "CONFLICT")]
    assert done(router.ask(SET, staff, perParcel="1"), "routingPolicySet")["policy"]["perParcel"] == {
        "amount": "1.00",
        "currency": "EUR",
    }
    answer = router.ask(
        'mutation { ratesReplace(card: "US", currency: "USD", rates: []) { errors { field code } } }', staff
    )
    assert answer["data"]["ratesReplace"]["errors"] == [{"field": "currency", "code": "CONFLICT"}]
