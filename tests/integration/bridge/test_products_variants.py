"""Single variants of a product that is there are changed, made and deleted: never the whole list, in which what
the merchant makes meanwhile would be missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from .products_kit import paths, products, work

pytestmark = pytest.mark.parametrize("saleor", ["v3"], indirect=True)
COUNT = 3
MAKE = """mutation($i: ID!, $v: [ProductVariantsBulkInput!]!) {
  productVariantsBulkCreate(productId: $i, variants: $v) { userErrors { message } } }"""
STEPS = ("BridgeChangeVariants", "BridgeAddVariants", "BridgeDropVariants")


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    from shopify_bridge.usecases import progress

    monkeypatch.setattr(progress, "BULK_FROM", 1)


@pytest.fixture
def filled(saleor: Any, applied: Callable[[], Any]) -> list[Any]:
    """Products of three sizes, on both sides."""
    for number in range(1, COUNT + 1):
        rows = [{"sku": f"{number}-{s}", "price": "9.00", "size": s, "stock": [1, 2]} for s in "SML"]
        saleor.product(number, f"Shirt {number}", rows)
    applied()
    work()
    return saleor.products


def price(product: Any) -> None:
    product["variants"][1]["price"] = "8.00"


def new(product: Any) -> None:
    number = product["title"].split()[1]
    row = dict(product["variants"][0], id=f"UHJvZHVjdFZhcmlhbnQ6{number}", sku=f"{number}-XL", size="XL")
    product["variants"].append(row | {"stock": [4, 5]})


def gone(product: Any) -> None:
    del product["variants"][0]


def renamed(product: Any) -> None:
    product["variants"][2]["size"] = "Large"


def everything(product: Any) -> None:
    for change in (price, new, renamed, gone):
        change(product)
    product["title"] += "!"


def replaced(product: Any) -> None:
    new(product)
    del product["variants"][:3]


def state_of(admin: Any) -> list[dict[str, tuple[str, str]]]:
    """By product: size and price by SKU, of every variant."""
    return [
        {v["sku"]: (v["selectedOptions"][0]["value"], v["price"]) for v in node["variants"]["nodes"]}
        for node in products(admin)
    ]


def merchants(admin: Any, only: str = "") -> None:
    """The merchant makes a variant of each product."""
    item = {"optionValues": [{"optionName": "Size", "name": "Mine"}], "price": "50.00"}
    for node in products(admin):
        there = {variant["sku"] for variant in node["variants"]["nodes"]}
        if node["id"] == (only or node["id"]) and "MINE" not in there:
            done = admin(MAKE, i=node["id"], v=[item | {"inventoryItem": {"sku": "MINE"}}])
            assert done["productVariantsBulkCreate"]["userErrors"] == []


def expected(change: Callable[[Any], None], number: int) -> dict[str, tuple[str, str]]:
    of = {f"{number}-{s}": (s, "9.00") for s in "SML"}
    if change in (price, everything):
        of[f"{number}-M"] = ("M", "8.00")
    if change in (new, everything, replaced):
        of[f"{number}-XL"] = ("XL", "9.00")
    if change in (renamed, everything):
        of[f"{number}-L"] = ("Large", "9.00")
    for size in {gone: "S", everything: "S", replaced: "SML"}.get(change, ""):
        del of[f"{number}-{size}"]
    return of


CHANGES = pytest.mark.parametrize("change", [price, new, gone, renamed, everything, replaced])


@CHANGES
def test_a_variant_made_while_the_bulk_operation_waits_is_not_lost(
    saleor, sandbox, store, planned, admin, filled, large, change
) -> None:
    from saleor_plugins.delivery.relay import drain
    from shopify_bridge.models import Bulk, Change
    from shopify_bridge.usecases.apply import record

    for product in filled:
        change(product)
    Bulk.objects.all().delete()
    sandbox.store.bulk.speed.delay = 0.8
    record(store, planned())
    drain()
    waiting = Bulk.objects.get()
    assert waiting.state == "RUNNING" and sandbox.store.state.get(waiting.gid)["status"] == "CREATED"
    merchants(admin)
    assert sandbox.store.state.get(waiting.gid)["status"] == "CREATED"
    sandbox.store.bulk.speed.delay = 0.0
    work()
    assert list(Change.objects.exclude(state="DONE").values_list("verb", "reason")) == []
    for number, now in enumerate(state_of(admin), 1):
        assert now == expected(change, number) | {"MINE": ("Mine", "50.00")}
    assert paths(planned()) == []
    assert {row.state for row in Bulk.objects.all()} == {"SETTLED"}


@CHANGES
def test_a_variant_made_after_the_comparison_is_not_lost(
    saleor, sandbox, store, planned, applied, admin, filled, change
) -> None:
    from shopify_bridge.models import Change

    execute, asked = sandbox.store.execute, Counter[str]()

    def before(body: Any) -> Any:
        name = body.get("operationName") or ""
        asked[name] += 1
        if name in STEPS:
            merchants(admin, body["variables"]["productId"])
        return execute(body)

    for product in filled:
        change(product)
    sandbox.store.execute = before
    applied()
    work()
    assert asked["BridgeSetProduct"] == (COUNT if change is everything else 0)
    assert asked["BridgeSetGallery"] == 0 and sum(asked[name] for name in STEPS) >= COUNT
    assert list(Change.objects.exclude(state="DONE").values_list("verb", "reason")) == []
    for number, now in enumerate(state_of(admin), 1):
        assert now == expected(change, number) | {"MINE": ("Mine", "50.00")}
    assert paths(planned()) == []


def test_all_steps_go_in_bulk_and_none_by_itself(
    saleor, sandbox, store, planned, applied, admin, filled, large
) -> None:
    from shopify_bridge.models import Bulk, Change, Level, Mapping

    store.policy = {"stock": "both"}
    store.save()
    Bulk.objects.all().delete()
    execute, asked = sandbox.store.execute, Counter[str]()

    def counted(body: Any) -> Any:
        asked[body.get("operationName") or ""] += 1
        return execute(body)

    for product in filled:
        everything(product)
    (first, *_) = planned()
    assert first.payload["steps"] == ["fields", "drop", "change", "add"]
    sandbox.store.execute = counted
    applied()
    work()
    assert list(Change.objects.exclude(state="DONE").values_list("verb", "reason")) == []
    assert asked["BridgeRunBulkMutation"] == 4
    assert asked["BridgeSetProduct"] == sum(asked[name] for name in STEPS) == asked["BridgeProduct"] == 0
    assert {row.document for row in Bulk.objects.all()} == {"BridgeSetProduct", *STEPS}
    born = Level.objects.filter(variant__in=[product["variants"][-1]["id"] for product in filled])
    assert sorted(born.values_list("agreed", flat=True)) == [4] * COUNT + [5] * COUNT
    assert paths(planned()) == []
    there = {v["saleor"]["value"]: v["id"] for p in products(admin) for v in p["variants"]["nodes"]}
    known = Mapping.objects.filter(kind="variant", key__in=there)
    assert dict(known.values_list("key", "gid")) == there and len(there) == 3 * COUNT


def test_what_is_carried_out_twice_is_looked_at_and_found_done(
    saleor, sandbox, store, planned, admin, filled, large
) -> None:
    """An operation whose start nobody heard of may be started again: its lines are refused the second time."""
    from saleor_plugins.delivery.relay import drain
    from shopify_bridge.models import Change
    from shopify_bridge.shopify.documents import document
    from shopify_bridge.usecases.apply import record
    from shopify_bridge.usecases.carry_out import BULKABLE
    from shopify_bridge.usecases.sides import Sides

    for product in filled:
        new(product)
    sandbox.store.bulk.speed.delay = 0.8
    record(store, planned())
    drain()
    sides = Sides(store)
    for change in Change.objects.filter(state="WORKING"):
        admin(document("BridgeAddVariants").text, **BULKABLE["update"].line(change, sides))
    sandbox.store.bulk.speed.delay = 0.0
    work()
    assert list(Change.objects.exclude(state="DONE").values_list("verb", "reason")) == []
    assert [len(now) for now in state_of(admin)] == [4] * COUNT
    assert store.mappings.filter(kind="variant").count() == 4 * COUNT
    assert paths(planned()) == []


@pytest.mark.parametrize("fails", STEPS)
def test_what_fails_between_two_steps_goes_on_where_it_was(
    saleor, sandbox, store, planned, applied, admin, filled, monkeypatch, fails
) -> None:
    from shopify_bridge.models import Change
    from shopify_bridge.shopify.client import Client
    from shopify_bridge.shopify.errors import Unreachable

    write, left = Client.write, [COUNT]

    def sometimes(self: Any, name: Any, **variables: Any) -> Any:
        if name == fails and left[0]:
            left[0] -= 1
            raise Unreachable("no connection", 0.01)
        return write(self, name, **variables)

    monkeypatch.setattr(Client, "write", sometimes)
    for product in filled:
        everything(product)
    applied()
    work()
    assert left == [0]
    assert list(Change.objects.exclude(state="DONE").values_list("verb", "reason")) == []
    assert state_of(admin) == [expected(everything, number) for number in range(1, COUNT + 1)]
    assert paths(planned()) == []


def test_only_a_change_of_the_options_sends_the_whole_list_and_never_in_bulk(
    saleor, sandbox, store, planned, applied, admin, filled, large
) -> None:
    from shopify_bridge.models import Bulk

    Bulk.objects.all().delete()
    before = [[v["id"] for v in node["variants"]["nodes"]] for node in products(admin)]
    execute, asked = sandbox.store.execute, Counter[str]()

    def counted(body: Any) -> Any:
        asked[body.get("operationName") or ""] += 1
        return execute(body)

    for product in filled:
        # Two sizes change places: neither can be the first.
        product["variants"][0]["size"], product["variants"][1]["size"] = "M", "S"
    assert {tuple(action.payload["steps"]) for action in planned()} == {("whole",)}
    sandbox.store.execute = counted
    applied()
    work()
    for product in filled:
        for variant in product["variants"]:
            variant["choices"], variant["size"] = [("Fit", variant["size"])], None
    applied()
    work()
    assert not Bulk.objects.exists() and asked["BridgeSetProduct"] == 2 * COUNT
    assert [[v["id"] for v in node["variants"]["nodes"]] for node in products(admin)] == before
    assert products(admin)[0]["options"] == [{"name": "Fit", "values": ["M", "S", "L"]}]
    assert paths(planned()) == []


def test_a_variant_of_the_same_values_made_meanwhile_is_the_merchants(
    saleor, sandbox, store, planned, admin, filled, large
) -> None:
    from saleor_plugins.delivery.relay import drain
    from shopify_bridge.models import Change
    from shopify_bridge.usecases.apply import record

    for product in filled:
        new(product)
    sandbox.store.bulk.speed.delay = 0.8
    record(store, planned())
    drain()
    item = {"optionValues": [{"optionName": "Size", "name": "XL"}], "price": "50.00"}
    done = admin(MAKE, i=products(admin)[0]["id"], v=[item | {"inventoryItem": {"sku": "MINE"}}])
    assert done["productVariantsBulkCreate"]["userErrors"] == []
    sandbox.store.bulk.speed.delay = 0.0
    work()
    (parked,) = Change.objects.exclude(state="DONE")
    assert parked.state == "PARKED" and "changed in Shopify since the plan: variant 1-XL" in parked.reason
    one, *others = state_of(admin)
    assert one["MINE"] == ("XL", "50.00") and len(one) == 4
    assert others == [expected(new, number) for number in range(2, COUNT + 1)]
