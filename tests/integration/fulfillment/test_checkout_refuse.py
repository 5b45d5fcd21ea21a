"""An order that no warehouse can ship is refused before it is made, through Saleor's own checkoutComplete."""

from __future__ import annotations

from typing import Any

import pytest

from saleor_plugins.platform.port import OrderStatus
from tests.contract.test_queries import queries
from tests.realshop.completing import complete, pay
from tests.saleorworld import THREE

FLOWS = ["payment", "transaction"] if THREE else ["payment"]


@pytest.fixture
def shop(router: Any) -> Any:
    """Two warehouses, a shipping method, a gateway; the router's checks are on."""
    router.switch(refuse_unshippable=True)
    router.w.configure_plugin("mirumee.payments.dummy")
    router.here = router.w.make_warehouse("Here")
    router.method = router.w.make_shipping_method("Post", price=500)
    gateway(router.w)
    return router


def gateway(w: Any) -> None:
    """The dummy gateway, switched on as the dashboard does."""
    import tests.gateways

    module = tests.gateways.dummy_module()
    (kind,) = {getattr(module, name) for name in dir(module) if name.endswith("DummyGatewayPlugin")}
    rows = w.model("plugins.PluginConfiguration").objects.filter(identifier="mirumee.payments.dummy")
    channel = {"channel": w.make_channel()} if THREE else {}
    rows.update(configuration=kind.DEFAULT_CONFIGURATION, active=True, **channel)


def cart(shop: Any, *lines: Any, **kwargs: Any) -> Any:
    return shop.w.make_cart(list(lines), shipping_method=shop.method, **kwargs)


def set_aside(shop: Any, warehouse: Any) -> None:
    """The merchant lets a warehouse ship no orders."""
    query = """mutation($id: ID!) { warehouseProfileSet(warehouseId: $id, shipsOrders: false) {
      errors { field message } } }"""
    answer = shop.ask(query, shop.token("MANAGE_PLUGINS"), id=warehouse.id)
    assert answer["data"]["warehouseProfileSet"]["errors"] == [], answer


def orders(shop: Any) -> int:
    return int(shop.w.model("order.Order").objects.count())


@pytest.mark.parametrize("flow", FLOWS)
def test_a_good_order_is_made(shop: Any, flow: str) -> None:
    shirt = shop.w.make_variant(stock={shop.here: 5})
    done = complete(cart(shop, (shirt, 2)), by=flow)
    assert done["checkoutErrors"] == []
    order = shop.shop.order(done["order"]["id"])
    assert order.status in (OrderStatus.UNFULFILLED, OrderStatus.UNCONFIRMED)
    assert order.shipping_method == "Post"


@pytest.mark.parametrize("flow", FLOWS)
def test_no_warehouse(shop: Any, flow: str) -> None:
    """Saleor sees stock, the router knows that nobody ships it: no order, no charge, and a reason."""
    shirt = shop.w.make_variant(sku="SHIRT", stock={shop.here: 5})
    far = cart(shop, (shirt, 2))
    set_aside(shop, shop.here)
    done = complete(far, by=flow)
    assert done["order"] is None
    (error,) = done["checkoutErrors"]
    assert (error["field"], error["code"]) == ("lines", "INVALID")
    assert "SHIRT" in error["message"] and "US" in error["message"]
    if THREE:
        assert error["lines"] == [far.lines[0].id]
        assert error["variants"] == [shirt.id]
    assert orders(shop) == 0
    assert shop.shop.stocks([shirt.id])[0].allocated == 0
    assert not shop.w.model("payment.Transaction").objects.exists()


def test_each_line_is_named(shop: Any) -> None:
    """One error a line, in the cart's order; a line that can be shipped is not named."""
    good = shop.w.make_variant(sku="GOOD", stock={shop.here: 5})
    aside = shop.w.make_warehouse("Aside")
    bad = [shop.w.make_variant(sku=sku, stock={aside: 5}) for sku in ("BAD-1", "BAD-2")]
    asked = cart(shop, (good, 1), *((row, 1) for row in bad))
    set_aside(shop, aside)
    done = complete(asked)
    assert len(done["checkoutErrors"]) == 2
    text = " ".join(error["message"] for error in done["checkoutErrors"])
    assert "BAD-1" in text and "BAD-2" in text and "GOOD" not in text


def test_too_few(shop: Any) -> None:
    """Half of it somewhere that does not ship: Saleor's own code for missing stock, and how many there are."""
    aside = shop.w.make_warehouse("Aside")
    shirt = shop.w.make_variant(sku="SHIRT", stock={shop.here: 3, aside: 4})
    asked = cart(shop, (shirt, 5))
    set_aside(shop, aside)
    (error,) = complete(asked)["checkoutErrors"]
    assert error["code"] == "INSUFFICIENT_STOCK"
    assert "3 of 5" in error["message"]


@pytest.mark.skipif(not THREE, reason="Vouchers are counted inside one transaction on 2.10.")
@pytest.mark.parametrize("flow", FLOWS)
def test_a_voucher_is_not_used_up(shop: Any, flow: str) -> None:
    shirt = shop.w.make_variant(stock={shop.here: 5})
    asked = cart(shop, (shirt, 1))
    voucher = shop.w.model("discount.Voucher").objects.create(usage_limit=1, discount_value_type="fixed")
    code = voucher.codes.create(code="ONCE")
    voucher.channel_listings.create(channel=shop.w.make_channel(), discount_value=1, currency="USD")
    shop.w.model("checkout.Checkout").objects.update(voucher_code="ONCE")
    set_aside(shop, shop.here)
    assert complete(asked, by=flow)["order"] is None
    code.refresh_from_db()
    assert code.used == 0


def test_what_is_not_routed_passes(shop: Any) -> None:
    """Digital goods and goods without stock-keeping need no warehouse."""
    set_aside(shop, shop.here)
    book = shop.w.make_variant(requires_shipping=False, stock={shop.here: 9})
    mug = shop.w.make_variant(tracks_stock=False, stock={shop.here: 9})
    assert complete(cart(shop, (book, 1), (mug, 2)))["checkoutErrors"] == []


@pytest.mark.skipif(not THREE, reason="2.10 has no click and collect.")
def test_click_and_collect_passes(shop: Any) -> None:
    point = shop.w.make_warehouse("Store", pickup=True)
    set_aside(shop, point)
    shirt = shop.w.make_variant(stock={point: 5})
    asked = shop.w.make_cart([(shirt, 1)], collection_point=point)
    shop.w.model("account.Address").objects.update(validation_skipped=True)
    row = shop.w.model("checkout.Checkout").objects.get()
    row.shipping_address = shop.w.model("warehouse.Warehouse").objects.get(name="Store").address
    row.save()
    assert complete(asked, by="transaction")["checkoutErrors"] == []


def test_own_reservations_are_free(shop: Any) -> None:
    """The last units, which this cart itself has reserved, can be ordered."""
    if not shop.w.reservations:
        pytest.skip("Saleor 2.10 has no reservations.")
    shirt = shop.w.make_variant(stock={shop.here: 2})
    asked = cart(shop, (shirt, 2))
    shop.w.reserve(shirt, shop.here, 2, cart=asked)
    assert complete(asked, by="transaction")["checkoutErrors"] == []


@pytest.mark.parametrize("values", [{"active": False, "refuse_unshippable": True}, {"active": True}])
def test_off(shop: Any, values: Any) -> None:
    """Switched off, as a plugin or in this alone, nothing is refused and nothing is asked of the database."""
    shirt = shop.w.make_variant(stock={shop.here: 5})
    asked = cart(shop, (shirt, 1))
    set_aside(shop, shop.here)
    shop.switch(**values)
    pay(asked)
    plugin = plugin_of()
    objects = shop.w.hook_objects(asked)
    with queries() as found:
        assert plugin.preprocess_order_creation(*objects, previous_value=7) == 7
        assert plugin.calculate_checkout_shipping(*objects, [], previous_value=8) == 8
        assert plugin.calculate_checkout_total(*objects, [], previous_value=9) == 9
    assert len(found) == 0
    assert complete(asked)["checkoutErrors"] == []


def test_few_queries(shop: Any) -> None:
    """Switched on, it asks four things of the database, however many lines there are."""
    goods = [(shop.w.make_variant(stock={shop.here: 5}), 1) for _ in range(10)]
    plugin = plugin_of()
    for lines in (goods[:1], goods):
        objects = shop.w.hook_objects(cart(shop, *lines))
        plugin.preprocess_order_creation(*objects)  # what is read once in a process
        with queries() as found:
            plugin.preprocess_order_creation(*objects)
        assert len(found) == 4, found.captured_queries


@pytest.mark.skipif(not THREE, reason="2.10 has no pre-orders.")
def test_preorders_pass(shop: Any) -> None:
    """A pre-order has no stock yet: it is Saleor's own business."""
    made = cart(shop, (shop.w.make_variant(is_preorder=True), 1))
    plugin_of().preprocess_order_creation(*shop.w.hook_objects(made))


def plugin_of() -> Any:
    """The router as Saleor holds it."""
    from saleor.plugins.manager import get_plugins_manager

    manager = get_plugins_manager(**({"allow_replica": False} if THREE else {}))
    return manager.get_plugin("saleor_plugins.fulfillment")
