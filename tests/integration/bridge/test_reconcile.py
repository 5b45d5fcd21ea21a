"""reconcile: drift is found by field and owner, and mended through the ordinary plan."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from saleor_plugins.delivery.relay import drain

pytestmark = pytest.mark.parametrize("saleor", ["v3"], indirect=True)
PRODUCTS = "{ products(first: 5) { nodes { id title } } }"
SET = """mutation($i: ProductSetIdentifiers!, $p: ProductSetInput!) {
  productSet(identifier: $i, input: $p) { userErrors { message } } }"""


@pytest.fixture
def sides(store: Any) -> Any:
    from shopify_bridge.usecases.sides import Sides

    return Sides(store)


def edit(admin: Any, number: int, title: str) -> None:
    gid = admin(PRODUCTS)["products"]["nodes"][number]["id"]
    admin(SET, i={"id": gid}, p={"title": title})


def test_drift_is_counted_by_field_and_owner_and_mended(saleor, sides, store, applied, admin) -> None:
    from shopify_bridge.models import Origin, Run
    from shopify_bridge.usecases.reconcile import Drift, find, repair

    mugs = [saleor.product(number, f"Mug {number}") for number in range(1, 4)]
    applied()
    assert list(find(sides)) == []
    edit(admin, 0, "Mine")
    mugs[1]["variants"][0]["price"] = "11.00"
    drift = Drift()
    actions = list(drift.count(find(sides)))
    assert drift.as_json() == {
        "things": {"update": 2},
        "fields": [
            {"field": "title", "owner": "saleor", "things": 1},
            {"field": "variant price", "owner": "saleor", "things": 1},
        ],
    }
    repair(store, actions)
    drain()
    assert list(find(sides)) == []
    assert Run.objects.filter(origin=Origin.RECONCILE).count() == 1


def test_only_what_changed_since(saleor, sides, applied, admin, sandbox) -> None:
    from shopify_bridge.usecases.reconcile import changed, find

    for number in range(1, 4):
        saleor.product(number, f"Mug {number}")
    applied()
    far = datetime.now(UTC) + timedelta(hours=1)
    assert list(find(sides, far)) == []
    edit(admin, 0, "Mine")
    moment = datetime.now(UTC) - timedelta(minutes=1)
    assert len(changed(sides, moment)) >= 1
    assert [action.label for action in find(sides, moment)] == ["Mug 1"]


def test_what_is_parked_is_found_again(saleor, store, applied, admin) -> None:
    from shopify_bridge.models import Change
    from shopify_bridge.usecases.reconcile import find, repair
    from shopify_bridge.usecases.sides import Sides

    mug = saleor.product(1, "Mug")
    applied()
    mug["title"] = "Cup"
    actions = list(find(Sides(store)))
    edit(admin, 0, "Mine")  # between the report and the repair
    repair(store, actions)
    drain()
    (parked,) = Change.objects.filter(state="PARKED")
    assert (
        "changed in Shopify since" in parked.reason
        and admin(PRODUCTS)["products"]["nodes"][0]["title"] == "Mine"
    )
    repair(store, find(Sides(store)))
    drain()
    assert not Change.objects.filter(state="PARKED").exists()
    assert admin(PRODUCTS)["products"]["nodes"][0]["title"] == "Cup"


def test_nothing_is_asked_while_an_apply_is_at_work(saleor, store, planned) -> None:
    from shopify_bridge.models import Dirty
    from shopify_bridge.usecases.apply import prepare, record
    from shopify_bridge.usecases.reconcile import poll
    from shopify_bridge.usecases.sides import Sides

    saleor.product(1, "Mug")
    prepare(Sides(store))
    record(store, planned())
    saleor.asked.clear()
    assert poll(store) == 0 and saleor.asked == [] and not Dirty.objects.exists()


def test_asking_is_due_now_and_then_and_one_store_does_not_stop_another(saleor, store, settings) -> None:
    from shopify_bridge.usecases.reconcile import poll_due

    poll_due()
    store.refresh_from_db()
    first = store.polled
    assert first
    poll_due()
    store.refresh_from_db()
    assert store.polled == first
    settings.BRIDGE_POLL_SECONDS = 0.0001
    saleor.failures = 1000
    from shopify_bridge.models import Store

    Store.objects.update(saleor_url="http://127.0.0.1:1/graphql/")
    poll_due()
