"""What Shopify tells and how it arrives: over HTTP, from a store that repeats, delays, twins and loses."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from saleor_plugins.delivery.relay import drain

pytestmark = pytest.mark.parametrize("saleor", ["v3"], indirect=True)
PRODUCTS = "{ products(first: 5) { nodes { id title } } }"
SET = """mutation($i: ProductSetIdentifiers!, $p: ProductSetInput!) {
  productSet(identifier: $i, input: $p) { userErrors { message } } }"""
HOOKS = "{ webhookSubscriptions(first: 50) { nodes { id topic uri includeFields } } }"
ELSEWHERE = """mutation { webhookSubscriptionCreate(topic: PRODUCTS_UPDATE,
  webhookSubscription: {uri: "http://127.0.0.1:1/other"}) { userErrors { message } } }"""
GONE = "mutation($id: ID!) { webhookSubscriptionDelete(id: $id) { userErrors { message } } }"


@pytest.fixture
def sides(store: Any, sandbox: Any) -> Any:
    from shopify_bridge.usecases.sides import Sides

    sandbox.store.deliveries.secret = "hush"
    sandbox.store.deliveries.scale = 0
    return Sides(store)


@pytest.fixture
def subscribed(sides: Any) -> Iterator[Any]:
    from shopify_bridge.commands.serve import listening
    from shopify_bridge.usecases.subscriptions import ensure

    with listening("127.0.0.1", 0) as address:
        ensure(sides, address)
        yield sides


@pytest.fixture
def delivered(sandbox: Any) -> Any:
    """Wait until everything was sent, then let the workers work."""

    def wait() -> None:
        assert sandbox.store.deliveries.idle(10)
        time.sleep(0.1)
        drain()

    return wait


def hooks(admin: Any) -> list[dict[str, Any]]:
    return admin(HOOKS)["webhookSubscriptions"]["nodes"]


def edit(admin: Any, title: str) -> None:
    gid = admin(PRODUCTS)["products"]["nodes"][0]["id"]
    admin(SET, i={"id": gid}, p={"title": title})


def title(admin: Any) -> str:
    return admin(PRODUCTS)["products"]["nodes"][0]["title"]


class TestEnsure:
    def test_they_are_made_once_and_those_of_others_are_left(self, sides, sandbox, admin) -> None:
        from shopify_bridge.usecases.subscriptions import WANTED, ensure, wrong

        admin(ELSEWHERE)
        base = "http://127.0.0.1:7777"
        assert {item.topic for item in ensure(sides, base)} == set(WANTED)
        assert ensure(sides, base) == wrong(sides, base) == []
        assert len(hooks(admin)) == len(WANTED) + 1

    def test_a_deleted_one_is_made_again_and_a_moved_bridge_moves_them(self, sides, admin) -> None:
        from shopify_bridge.usecases.subscriptions import WANTED, ensure, wrong

        ensure(sides, "http://127.0.0.1:7777")
        before = {hook["topic"]: hook["id"] for hook in hooks(admin)}
        admin(GONE, id=before["PRODUCTS_UPDATE"])
        assert [(item.topic, item.why) for item in wrong(sides, "http://127.0.0.1:7777")] == [
            ("PRODUCTS_UPDATE", "is missing")
        ]
        ensure(sides, "http://127.0.0.1:8888")
        after = {hook["topic"]: hook["id"] for hook in hooks(admin)}
        assert after.keys() == before.keys() == set(WANTED)
        assert {topic for topic in after if after[topic] != before[topic]} == {"PRODUCTS_UPDATE"}
        assert {hook["uri"] for hook in hooks(admin)} == {"http://127.0.0.1:8888/webhooks/shopify/test/"}

    def test_deliveries_bring_names_and_nothing_else(self, subscribed, admin) -> None:
        assert {field for hook in hooks(admin) for field in hook["includeFields"]} <= {
            "id", "admin_graphql_api_id", "updated_at", "inventory_item_id", "location_id", "active"
        }  # fmt: skip


class TestArrival:
    def test_an_edit_of_the_merchants_is_set_back(
        self, saleor, subscribed, applied, admin, delivered
    ) -> None:
        saleor.product(1, "Mug")
        applied()
        delivered()
        edit(admin, "Mine")
        delivered()
        assert title(admin) == "Mug"

    def test_the_echo_of_our_own_write_costs_a_comparison_and_no_write(
        self, saleor, subscribed, applied, admin, delivered, sandbox
    ) -> None:
        from shopify_bridge.models import Dirty, Run

        mug = saleor.product(1, "Mug")
        applied()
        delivered()
        mug["title"] = "Cup"
        applied()
        runs = Run.objects.count()
        delivered()
        delivered()
        assert Dirty.objects.filter(key=mug["id"]).exists() and title(admin) == "Cup"
        assert Run.objects.count() == runs

    @pytest.mark.parametrize(
        "faults",
        [
            {"webhook_duplicate": 1.0},
            {"webhook_twins": 1.0},
            {"webhook_shuffled": True},
            {"webhook_late": 1.0, "webhook_late_seconds": 0.5},
            {"webhook_duplicate": 0.5, "webhook_twins": 0.5, "webhook_shuffled": True, "webhook_late": 0.3},
        ],
        ids=["twice", "two ids", "out of order", "late", "all of it"],
    )
    def test_whatever_happens_on_the_way(
        self, saleor, subscribed, applied, admin, delivered, sandbox, faults
    ) -> None:
        from shopify_bridge.models import Change, Dirty

        saleor.product(1, "Mug")
        applied()
        delivered()
        for name, value in faults.items():
            setattr(sandbox.faults, name, value)
        for number in range(5):
            edit(admin, f"Mine {number}")
            delivered()
        time.sleep(0.6)
        delivered()
        assert title(admin) == "Mug"
        assert not Change.objects.exclude(state="DONE").exists()
        assert all(row.seen == row.told for row in Dirty.objects.all())

    def test_a_lost_one_is_noticed_by_asking(
        self, saleor, subscribed, applied, admin, delivered, sandbox, store
    ) -> None:
        from shopify_bridge.usecases.reconcile import poll

        saleor.product(1, "Mug")
        applied()
        delivered()
        poll(store)
        drain()
        store.refresh_from_db()
        sandbox.faults.webhook_lost = 1.0
        edit(admin, "Mine")
        delivered()
        assert title(admin) == "Mine"
        assert poll(store) == 1
        drain()
        assert title(admin) == "Mug"

    def test_a_merchants_own_product_is_none_of_our_business(
        self, saleor, subscribed, applied, admin, delivered
    ) -> None:
        from shopify_bridge.models import Dirty

        applied()
        admin('mutation { productSet(input: {title: "Own"}) { userErrors { message } } }')
        delivered()
        assert title(admin) == "Own" and not Dirty.objects.exists()

    def test_one_before_our_own_note_of_what_we_made(self, saleor, store, sides, applied, admin) -> None:
        """The merchant edits what we are just making: its webhook names a product that no row knows yet."""
        from django.db import transaction

        from shopify_bridge.models import Change, Kind, Mapping
        from shopify_bridge.usecases.hear import hear

        mug = saleor.product(1, "Mug")
        applied()
        edit(admin, "Mine")
        twin = Mapping.objects.get(kind=Kind.PRODUCT)
        gid = twin.gid
        twin.delete()
        Change.objects.filter(verb="create").update(state="WORKING")
        with transaction.atomic():
            hear(store, "products/update", {"admin_graphql_api_id": gid})
        Change.objects.filter(verb="create").update(state="DONE")
        Mapping.objects.create(store=store, kind=Kind.PRODUCT, key=mug["id"], gid=gid)
        drain()
        assert title(admin) == "Mine"
        with time_machine.travel(datetime.now(UTC) + timedelta(seconds=20), tick=True):
            drain()
        assert title(admin) == "Mug"


class TestUninstalled:
    def test_a_webhook_alone_is_no_proof(self, store, sides) -> None:
        from shopify_bridge.usecases.hear import hear

        hear(store, "app/uninstalled", {"id": 1})
        drain()
        store.refresh_from_db()
        assert store.uninstalled is None

    def test_it_stops_until_it_is_connected_again(self, saleor, store, sandbox, sides) -> None:
        from shopify_bridge.usecases.connect import Connection, connect
        from shopify_bridge.usecases.doctor import examine
        from shopify_bridge.usecases.hear import hear

        from .fake_saleor import TOKEN

        sandbox.shop.token, old = "another", sandbox.shop.token
        hear(store, "app/uninstalled", {"id": 1})
        drain()
        store.refresh_from_db()
        assert store.uninstalled is not None
        found = {finding.what: finding for finding in examine(store)}
        assert found["app"].level == "problem" and "connect test" in found["app"].mend
        sandbox.shop.token = old
        given = Connection("test", saleor.url, TOKEN, sandbox.url, old, "default")
        connect(given, {}, by_order=True)
        store.refresh_from_db()
        assert store.uninstalled is None
