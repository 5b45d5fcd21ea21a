"""A large store is read by one bulk query and written by one bulk mutation; both say what pages and single calls say."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

import pytest

from .products_kit import COLLECTION, METAFIELDS, edit, made, metafields, paths, pictures_done, products, work

pytestmark = pytest.mark.parametrize("saleor", ["v3"], indirect=True)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every store is large, and every run has many changes."""
    from shopify_bridge.usecases import plan, progress

    monkeypatch.setattr(plan, "MANY", -1)
    monkeypatch.setattr(progress, "BULK_FROM", 1)


@pytest.fixture
def asked(sandbox: Any) -> Counter[str]:
    """How often the store was asked for each document."""
    counts: Counter[str] = Counter()
    execute = sandbox.store.execute

    def counted(body: Any) -> Any:
        counts[body.get("operationName") or ""] += 1
        return execute(body)

    sandbox.store.execute = counted
    return counts


def fill(saleor: Any, count: int) -> None:
    summer = saleor.collection(1, "Summer")
    saleor.attributes.append(
        {"slug": "care", "inputType": "DROPDOWN", "name": "c", "entityType": None, "type": "PRODUCT_TYPE"}
    )
    for number in range(1, count + 1):
        rows = [{"sku": f"{number}-{s}", "price": "9.00", "size": s, "stock": [1, 2]} for s in "SML"]
        saleor.product(
            number,
            f"Shirt {number}",
            rows,
            collections=[summer] if number % 2 else [],
            images=[(f"{number}=", f"http://x.example/{number}.png", "Front")],
            attributes=[("care", "DROPDOWN", ["Cold"])],
        )


def test_everything_arrives_and_changes_in_bulk(
    saleor, store, planned, applied, admin, large, asked, sandbox
) -> None:
    from shopify_bridge.models import Bulk, Change

    fill(saleor, 12)
    applied()
    work()
    assert not Change.objects.exclude(state="DONE").exists()
    assert asked["BridgeSetProduct"] == 0 and asked["BridgeProducts"] == 0
    assert paths(planned()) == []
    assert store.mappings.filter(kind="variant").count() == 36
    assert store.mappings.filter(kind="picture").count() == 12
    assert [c["title"] for c in products(admin)[0]["collections"]["nodes"]] == ["Summer"]
    node = products(admin)[1]
    mine = {"namespace": "custom", "key": "mine", "type": "single_line_text_field", "value": "x"}
    admin(METAFIELDS, m=[mine | {"ownerId": node["id"]}])
    own = {"originalSource": "https://x.example/own.png", "alt": "own"}
    edit(admin, node["id"], tags=["theirs"], files=[own, {"id": node["media"]["nodes"][0]["id"]}])
    for product in saleor.products:
        product["title"] += "!"
        product["variants"][1]["price"] = "8.00"
        product["attributes"] = [("care", "DROPDOWN", ["Hot"])]
        product["collections"] = saleor.collections
    pictures_done(sandbox)
    applied()
    work()
    assert set(Bulk.objects.values_list("document", "state")) == {
        ("BridgeSetProduct", "SETTLED"),
        ("BridgeChangeVariants", "SETTLED"),
        ("BridgeSetMetafields", "SETTLED"),
        ("BridgeJoin", "SETTLED"),
    }
    assert asked["BridgeSetProduct"] == asked["BridgeChangeVariants"] == asked["BridgeSetMetafields"] == 0
    assert not Change.objects.exclude(state="DONE").exists()
    assert paths(planned()) == []
    node = products(admin)[1]
    assert metafields(node, "saleor_attribute") == {"care": "Hot"} and metafields(node, "custom") == {
        "mine": "x"
    }
    assert (node["tags"], [m["alt"] for m in node["media"]["nodes"]]) == (["theirs"], ["own", "Front"])
    assert node["variants"]["nodes"][1]["price"] == "8.00"


def test_a_run_with_nothing_to_do_writes_nothing_and_reads_in_one_bulk_query(
    saleor, store, planned, applied, large, asked, sandbox
) -> None:
    fill(saleor, 8)
    applied()
    work()
    pictures_done(sandbox)
    before = sandbox.store.state.number("probe"), sorted(products_at(sandbox))
    asked.clear()
    assert applied() is None
    assert asked["BridgeRunBulkQuery"] == 1
    reads = {
        "BridgeRunBulkQuery",
        "BridgeBulk",
        "BridgeCount",
        "BridgeDefinitions",
        "BridgeExtras",
        "BridgeStore",
    }
    assert set(asked) <= reads | {"BridgeCollections", "BridgeAllCollections"}, asked
    assert sum(asked.values()) < 20
    assert sorted(products_at(sandbox)) == before[1]


def products_at(sandbox: Any) -> list[str]:
    return [doc["updatedAt"] for _, doc in sandbox.store.state.page("Product", 0, 100)]


def test_a_product_edited_since_the_plan_is_parked_and_the_others_go_on(
    saleor, store, planned, applied, admin, large
) -> None:
    from shopify_bridge.models import Change
    from shopify_bridge.usecases.apply import record

    fill(saleor, 6)
    applied()
    work()
    for product in saleor.products:
        product["title"] += "!"
    actions = planned()
    time.sleep(1.1)
    edit(admin, products(admin)[2]["id"], title="By hand")
    record(store, actions)
    work()
    (parked,) = Change.objects.filter(state="PARKED")
    assert parked.reason == "changed in Shopify since the plan: title; plan again"
    assert [p["title"] for p in products(admin)].count("By hand") == 1
    assert len(paths(planned())) == 1


def test_bulk_and_pages_tell_the_same(saleor, store, applied, admin, large, sandbox) -> None:
    from shopify_bridge.usecases.sides import Sides
    from shopify_bridge.usecases.spool import Spool

    fill(saleor, 5)
    applied()
    work()
    made(admin, "Theirs", "OTHER", files=[{"originalSource": "https://x.example/own.png", "alt": "own"}])
    state = sandbox.store.state
    while any(doc["status"] != "READY" for _, doc in state.page("MediaImage", 0, 10)):
        time.sleep(0.05)
    sides = Sides(store)
    sides.know_shape()
    with Spool(sides.reader.product_of) as spool:
        lines = list(sides.reader.lines())
        # Shopify does not keep what belongs together together.
        lines.sort(key=lambda line: bool(line.get("__parentId")))
        for line in lines:
            spool.add(line)
        spool.ready()
        bulk = [spool.take(key=p["id"]) for p in saleor.products]
    pages = {product.key: product for product in sides.reader.products()}
    for product in bulk:
        told = pages[product.key]
        for name in told.__dataclass_fields__:
            assert getattr(product, name) == getattr(told, name), name
    assert len(pages) == 6 and pages[""].title == "Theirs"


@pytest.mark.parametrize("sandbox_options", [{}])
def test_without_bulk_the_store_is_read_in_pages(
    saleor, sandbox, store, planned, large, asked, monkeypatch
) -> None:
    from shopify_bridge.shopify.errors import BulkRefused
    from shopify_bridge.shopify.read import Reader

    def refuse(self: Any) -> Any:
        raise BulkRefused("not for this app")
        yield

    monkeypatch.setattr(Reader, "lines", refuse)
    fill(saleor, 3)
    assert {a.verb for a in planned()} == {"collect", "create"}
    store.refresh_from_db()
    assert store.bulk_refused and asked["BridgeProducts"] == 1


def test_one_product_is_planned_as_in_the_whole(saleor, store, planned, applied, admin) -> None:
    from shopify_bridge.usecases.apply import prepare
    from shopify_bridge.usecases.plan import plan_one
    from shopify_bridge.usecases.sides import Sides

    prepare(Sides(store))
    fill(saleor, 3)
    made(admin, "Old shirt", "2-M")
    key = saleor.products[0]["id"]
    whole = [a for a in planned() if a.key == key]
    assert paths(plan_one(Sides(store), key)) == [p for p in paths(whole) if p[1] != "collection"]
    assert plan_one(Sides(store), saleor.products[1]["id"])[0].reason == "found by SKU, to be linked"
    applied()
    assert plan_one(Sides(store), key) == []
    saleor.products[0]["title"] = "New"
    saleor.products[0]["variants"][0]["stock"] = [7, 7]
    assert [a.verb for a in plan_one(Sides(store), key)] == ["update", "stock"]
    del saleor.products[0]
    assert [a.verb for a in plan_one(Sides(store), key)] == ["archive"]
    assert plan_one(Sides(store), "UHJvZHVjdDo5OTk=") == []


def test_what_the_merchant_joins_after_the_plan_stays_joined(
    saleor, store, planned, applied, admin, large
) -> None:
    from shopify_bridge.usecases.apply import record

    fill(saleor, 4)
    applied()
    work()
    winter = saleor.collection(2, "Winter")
    for product in saleor.products:
        product["collections"] = [winter]
    actions = planned()
    own = admin(COLLECTION, c={"title": "Mine"})["collectionCreate"]["collection"]["id"]
    edit(admin, products(admin)[0]["id"], collections=[own])
    record(store, actions)
    work()
    titles = [sorted(c["title"] for c in node["collections"]["nodes"]) for node in products(admin)]
    assert titles == [["Mine", "Winter"], ["Winter"], ["Winter"], ["Winter"]]
    assert paths(planned()) == []
