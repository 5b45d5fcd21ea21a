"""Who may ask and do what, for every field of the API."""

from __future__ import annotations

import json

import pytest

from saleor_plugins.fulfillment.models import RateCard, RoutingDecision
from saleor_plugins.fulfillment.schema import schema
from saleor_plugins.platform.port import AskerKind
from tests.integration.fulfillment.queries import (
    ACTIVATE,
    CANCEL,
    DECISION,
    DECISIONS,
    DELETE,
    DELIVER,
    PREVIEW,
    PROFILE,
    PROFILES,
    RATE_SET,
    RATES,
    REPLACE,
    ROUTE,
    SHIP,
    SHIPMENTS,
    TRACK,
    refused,
)

QUERIES = [
    (PREVIEW, "MANAGE_ORDERS"),
    (DECISION, "MANAGE_ORDERS"),
    (DECISIONS, "MANAGE_ORDERS"),
    (SHIPMENTS, "MANAGE_ORDERS"),
    (RATES, "MANAGE_PLUGINS"),
    (PROFILES, "MANAGE_PLUGINS"),
]
MUTATIONS = [
    (ROUTE, "routeOrder", "MANAGE_ORDERS"),
    (SHIP, "shipmentCreate", "MANAGE_ORDERS"),
    (TRACK, "shipmentTrackingSet", "MANAGE_ORDERS"),
    (DELIVER, "shipmentDeliver", "MANAGE_ORDERS"),
    (CANCEL, "shipmentCancel", "MANAGE_ORDERS"),
    (RATE_SET, "rateSet", "MANAGE_PLUGINS"),
    (REPLACE, "ratesReplace", "MANAGE_PLUGINS"),
    (ACTIVATE, "rateCardActivate", "MANAGE_PLUGINS"),
    (DELETE, "rateDelete", "MANAGE_PLUGINS"),
    (PROFILE, "warehouseProfileSet", "MANAGE_PLUGINS"),
]


def test_the_matrix_has_every_field() -> None:
    listed = json.dumps(schema.introspect())
    assert {name for _, name, _ in MUTATIONS} == set(schema.get_mutation_type().fields)
    assert len(QUERIES) == len(schema.get_query_type().fields)
    assert "MANAGE_ORDERS" in listed


@pytest.mark.parametrize("who", ["anonymous", "customer", "other staff", "other app", "staff", "app"])
def test_who_may_what(router, order, who: str) -> None:
    def token(permission: str) -> str | None:
        other = {"MANAGE_ORDERS": "MANAGE_PLUGINS", "MANAGE_PLUGINS": "MANAGE_ORDERS"}[permission]
        return {
            "anonymous": lambda: None,
            "customer": lambda: router.token(kind=AskerKind.CUSTOMER),
            "other staff": lambda: router.token(other),
            "other app": lambda: router.token(other, kind=AskerKind.APP),
            "staff": lambda: router.token(permission),
            "app": lambda: router.token(permission, kind=AskerKind.APP),
        }[who]()

    allowed = who in ("staff", "app")
    values = {
        "id": order.id,
        "number": "1",
        "card": "C",
        "currency": "USD",
        "rate": {"base": "1"},
        "rates": [],
    }
    for query, permission in QUERIES:
        answer = router.ask(query, token(permission), **values)
        codes = [error["extensions"]["exception"]["code"] for error in answer.get("errors", [])]
        assert codes == ([] if allowed else ["PERMISSION_DENIED"]), (query, answer)
    for query, name, permission in MUTATIONS:
        codes = [code for _, code in refused(router.ask(query, token(permission), **values), name)]
        assert ("PERMISSION_DENIED" in codes) is not allowed, (name, codes)
    if not allowed:
        assert not RoutingDecision.objects.exists() and not RateCard.objects.exists()
