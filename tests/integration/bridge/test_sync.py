"""Keeping up with one thing at a time: said once, twice, late, or while somebody works on it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from saleor_plugins.delivery.relay import drain

PRODUCTS = "{ products(first: 5) { nodes { id title status } } }"
SET = """mutation($i: ProductSetIdentifiers!, $p: ProductSetInput!) {
  productSet(identifier: $i, input: $p) { userErrors { message } } }"""


@pytest.fixture
def marked(store: Any) -> Any:
    """Say that something has changed, and let the workers deal with it."""
    from shopify_bridge.models import Subject
    from shopify_bridge.usecases.dirty import mark

    def say(doc: Any, times: int = 1, subject: str = Subject.PRODUCT) -> None:
        for _ in range(times):
            mark(store, subject, doc["id"])
        drain()

    return say


def titles(admin: Any) -> list[str]:
    return [node["title"] for node in admin(PRODUCTS)["products"]["nodes"]]


def test_a_new_and_a_changed_product_arrive_without_a_plan(saleor, store, applied, marked, admin) -> None:
    from shopify_bridge.models import Change, Dirty, Origin, Run

    applied()
    mug = saleor.product(1, "Mug")
    marked(mug)
    assert titles(admin) == ["Mug"]
    mug["title"] = "Cup"
    marked(mug, times=3)
    assert titles(admin) == ["Cup"]
    (row,) = Dirty.objects.all()
    assert (row.told, row.seen) == (4, 4)
    runs = Run.objects.filter(origin=Origin.SYNC)
    assert runs.count() == 2 and not runs.filter(finished=None).exists()
    assert set(Change.objects.values_list("state", flat=True)) == {"DONE"}


@pytest.mark.parametrize("saleor", ["v3"], indirect=True)
class TestSync:
    def test_nothing_new_costs_no_write(self, saleor, store, applied, marked) -> None:
        from shopify_bridge.models import Run

        mug = saleor.product(1, "Mug")
        applied()
        runs = Run.objects.count()
        marked(mug, times=5)
        assert Run.objects.count() == runs

    def test_it_asks_for_that_product_alone(self, saleor, store, applied, marked) -> None:
        mugs = [saleor.product(number, f"Mug {number}") for number in range(1, 31)]
        applied()
        saleor.asked.clear()
        marked(mugs[3])
        assert len(saleor.asked) <= 8 and "BridgeProducts" not in saleor.asked

    def test_an_edit_in_shopify_is_set_back(self, saleor, store, applied, marked, admin) -> None:
        mug = saleor.product(1, "Mug")
        applied()
        gid = admin(PRODUCTS)["products"]["nodes"][0]["id"]
        admin(SET, i={"id": gid}, p={"title": "Mine", "tags": ["merchant"]})
        marked(mug)
        assert titles(admin) == ["Mug"]

    def test_a_product_that_is_gone_is_archived(self, saleor, store, applied, marked, admin) -> None:
        mug = saleor.product(1, "Mug")
        saleor.product(2, "Cup")
        applied()
        saleor.products.remove(mug)
        marked(mug)
        nodes = admin(PRODUCTS)["products"]["nodes"]
        assert [node["status"] for node in nodes] == ["ARCHIVED", "ACTIVE"]

    def test_an_update_before_its_create_and_the_create_late(
        self, saleor, store, applied, marked, admin
    ) -> None:
        applied()
        mug = saleor.product(1, "Mug")
        mug["title"] = "Cup"
        marked(mug)
        marked(mug)
        assert titles(admin) == ["Cup"]

    def test_something_nobody_knows_changes_nothing(self, saleor, store, applied, marked, admin) -> None:
        from shopify_bridge.models import Run

        applied()
        marked({"id": "UHJvZHVjdDo5OTk="})
        marked({"id": "é' OR 1=1"})
        assert titles(admin) == [] and not Run.objects.filter(origin="sync").exists()

    def test_while_saleor_is_away_it_waits_with_its_reason(
        self, saleor, store, applied, marked, admin
    ) -> None:
        from saleor_plugins.delivery.models import Delivery
        from shopify_bridge.models import Dirty
        from shopify_bridge.saleor.errors import SaleorUnreachable
        from shopify_bridge.usecases.status import report

        applied()
        mug = saleor.product(1, "Mug")
        saleor.failures = 1000
        with pytest.raises(SaleorUnreachable):
            marked(mug)
        row = Dirty.objects.get()
        assert row.seen < row.told and "Saleor" in row.reason
        assert report(store)["waiting"] == 1
        saleor.failures = 0
        Delivery.objects.update(due_at=datetime(2020, 1, 1, tzinfo=UTC))
        drain()
        row.refresh_from_db()
        assert (row.seen, row.reason, titles(admin)) == (row.told, "", ["Mug"])

    def test_a_lost_message_is_found_by_the_beat(self, saleor, store, applied, admin) -> None:
        from saleor_plugins.delivery.models import Event
        from shopify_bridge.models import Subject
        from shopify_bridge.usecases.dirty import mark, remind

        applied()
        mug = saleor.product(1, "Mug")
        mark(store, Subject.PRODUCT, mug["id"])
        Event.objects.all().delete()
        remind()
        drain()
        assert titles(admin) == []
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=2), tick=True):
            remind()
            remind()
            drain()
        assert titles(admin) == ["Mug"]

    def test_what_an_apply_is_at_work_on_waits_for_it(self, saleor, store, planned, admin, marked) -> None:
        from shopify_bridge.models import Change, Dirty
        from shopify_bridge.usecases.apply import prepare, record
        from shopify_bridge.usecases.dirty import remind
        from shopify_bridge.usecases.sides import Sides

        mug = saleor.product(1, "Mug")
        prepare(Sides(store))
        actions = planned()
        # Recorded, and nobody has begun: as a queue of ten thousand would look.
        from saleor_plugins.delivery.models import Delivery

        record(store, actions)
        Delivery.objects.update(due_at=datetime(2030, 1, 1, tzinfo=UTC))
        mug["title"] = "Cup"
        marked(mug)
        row = Dirty.objects.get()
        assert row.seen < row.told and "apply" in row.reason and titles(admin) == []
        Delivery.objects.update(due_at=datetime(2020, 1, 1, tzinfo=UTC))
        drain()
        assert titles(admin) == ["Mug"]  # exactly what the plan showed
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=2), tick=True):
            remind()
            drain()
        assert titles(admin) == ["Cup"]
        assert set(Change.objects.values_list("state", flat=True)) == {"DONE"}

    def test_a_refusal_is_parked_once_and_goes_when_it_is_mended(
        self, saleor, store, applied, marked
    ) -> None:
        from shopify_bridge.models import Change

        applied()
        sizes = [{"sku": f"S-{n}", "price": "1.00", "size": None, "stock": [1, 1]} for n in range(2)]
        mug = saleor.product(1, "Mug", sizes)
        del mug["variants"][:]
        marked(mug)
        marked(mug)
        parked = Change.objects.filter(state="PARKED")
        assert parked.count() <= 1
        mug["variants"].append({**sizes[0], "id": "UHJvZHVjdFZhcmlhbnQ6MTAw", "was": None, "cost": None})
        marked(mug)
        assert not parked.exists()

    def test_nothing_is_done_for_a_store_that_uninstalled_the_app(
        self, saleor, store, applied, marked, admin
    ) -> None:
        from saleor_plugins.kernel import clock
        from shopify_bridge.models import Dirty, Store

        applied()
        mug = saleor.product(1, "Mug")
        Store.objects.update(uninstalled=clock.now())
        marked(mug)
        assert titles(admin) == [] and Dirty.objects.get().seen == 0


@pytest.mark.parametrize("saleor", ["v3"], indirect=True)
def test_two_say_the_same_at_once(saleor, store, applied) -> None:
    """Nobody's word is lost, and nobody waits for the other's comparison."""
    import threading

    from django.db import connection

    from shopify_bridge.models import Dirty, Subject
    from shopify_bridge.usecases.dirty import mark

    applied()
    mug = saleor.product(1, "Mug")

    def say() -> None:
        try:
            for _ in range(20):
                mark(store, Subject.PRODUCT, mug["id"])
        finally:
            connection.close()

    threads = [threading.Thread(target=say) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Dirty.objects.get().told == 80
    drain()
    row = Dirty.objects.get()
    assert row.seen == row.told == 80
