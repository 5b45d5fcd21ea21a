"""What storefronts are told before an order is made: availability and delivery promises."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.ids import to_global
from tests.contract.test_queries import queries
from tests.saleorworld import THREE

AVAILABILITY = """query($items: [GoodsInput!]!, $country: String, $channel: String) {
  availability(items: $items, country: $country, channel: $channel) {
    together items { variantId asked available enough code } } }"""
PROMISES = """query($id: ID, $items: [GoodsInput!], $country: String) {
  deliveryPromises(checkoutId: $id, items: $items, country: $country) {
    shippingMethodId shippingMethodName complete code shipOn arrivesOn parcels } }"""
NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)  # a Wednesday


@pytest.fixture
def shop(router: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A shop that answers shoppers, one working day from its customers."""
    from django.core.cache import cache

    cache.clear()
    router.switch(storefront_answers=True)
    router.here = router.w.make_warehouse("Here", countries=["US", "CA"])
    router.there = router.w.make_warehouse("There", countries=["US"])
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return router


def ask(shop: Any, query: str, token: str | None = None, **variables: Any) -> Any:
    return shop.ask(query, token, **variables)


def available(shop: Any, *items: tuple[Any, int], country: str = "US") -> Any:
    goods = [{"variantId": getattr(row, "id", row), "quantity": units} for row, units in items]
    answer = ask(shop, AVAILABILITY, items=goods, country=country)
    assert "errors" not in answer, answer
    return answer["data"]["availability"]


def promises(shop: Any, **variables: Any) -> Any:
    answer = ask(shop, PROMISES, **variables)
    assert "errors" not in answer, answer
    return {row["shippingMethodName"]: row for row in answer["data"]["deliveryPromises"]}


def refused(answer: Any) -> tuple[str, str | None]:
    exception = answer["errors"][0]["extensions"]["exception"]
    return exception["code"], exception.get("field")


def set_profile(shop: Any, warehouse: Any, arguments: str) -> None:
    query = f"""mutation($id: ID!) {{ warehouseProfileSet(warehouseId: $id, {arguments}) {{
      errors {{ field message }} }} }}"""
    answer = ask(shop, query, shop.token("MANAGE_PLUGINS"), id=warehouse.id)
    assert answer["data"]["warehouseProfileSet"]["errors"] == [], answer


class TestAvailability:
    def test_what_is_there(self, shop: Any) -> None:
        """Free units of all the warehouses that reach the country, other orders' taken off."""
        shirt = shop.w.make_variant(stock={shop.here: 4, shop.there: 3})
        shop.w.make_order([(shirt, 2)], allocate={shop.here: 2})
        (item,) = available(shop, (shirt, 5))["items"]
        assert item == {"variantId": shirt.id, "asked": 5, "available": 5, "enough": True, "code": None}
        found = available(shop, (shirt, 6))
        assert (found["items"][0]["available"], found["items"][0]["code"]) == (5, "OUT_OF_STOCK")
        assert found["together"] is False

    def test_where_it_goes(self, shop: Any) -> None:
        """Canada is reached from one of them, France from none."""
        shirt = shop.w.make_variant(stock={shop.here: 4, shop.there: 3})
        assert available(shop, (shirt, 1), country="CA")["items"][0]["available"] == 4
        (item,) = available(shop, (shirt, 1), country="fr")["items"]
        assert (item["available"], item["enough"], item["code"]) == (0, False, "NO_WAREHOUSE")

    def test_as_the_router_sees_it(self, shop: Any) -> None:
        """A warehouse that ships no orders has nothing to offer; safety stock is not for sale."""
        shirt = shop.w.make_variant(stock={shop.here: 4, shop.there: 3})
        set_profile(shop, shop.there, "shipsOrders: false")
        assert available(shop, (shirt, 1))["items"][0]["available"] == 4
        set_profile(shop, shop.here, "safetyStock: 3")
        assert available(shop, (shirt, 1))["items"][0]["available"] == 1

    def test_no_more_is_told_than_a_shop_shows(self, shop: Any) -> None:
        """Never more than fifty, and nobody may ask for more to find out."""
        shirt = shop.w.make_variant(stock={shop.here: 4000})
        assert available(shop, (shirt, 1))["items"][0]["available"] == 50
        for units in (0, -1, 51):
            answer = ask(shop, AVAILABILITY, items=[{"variantId": shirt.id, "quantity": units}], country="US")
            assert refused(answer) == ("INVALID", "items")

    def test_together(self, shop: Any) -> None:
        """A variant that is named twice is asked for once, in sum (medusajs/medusa#15132)."""
        shirt = shop.w.make_variant(stock={shop.here: 5})
        cap = shop.w.make_variant(stock={shop.there: 5})
        found = available(shop, (shirt, 3), (cap, 1), (shirt, 3))
        assert [(row["variantId"], row["asked"]) for row in found["items"]] == [(shirt.id, 6), (cap.id, 1)]
        assert [row["enough"] for row in found["items"]] == [False, True]
        assert found["together"] is False
        assert available(shop, (shirt, 5), (cap, 5))["together"] is True

    def test_not_routed(self, shop: Any) -> None:
        """What needs no warehouse is always there."""
        book = shop.w.make_variant(requires_shipping=False, tracks_stock=False)
        mug = shop.w.make_variant(tracks_stock=False)
        found = available(shop, (book, 9), (mug, 9), country="FR")
        assert [row["available"] for row in found["items"]] == [50, 50]
        assert found["together"] is True

    def test_unknown_and_hidden(self, shop: Any) -> None:
        """Unpublished, unknown and broken ids are answered alike."""
        hidden = shop.w.make_variant(stock={shop.here: 5})
        shop.w.hide(hidden)
        nothing = to_global("ProductVariant", 2_000_000_000)
        found = available(shop, (hidden, 1), (nothing, 1), ("x", 1))
        assert {(row["available"], row["code"]) for row in found["items"]} == {(0, "NOT_FOUND")}
        assert found["together"] is False

    def test_nothing_is_written(self, shop: Any) -> None:
        """Asking writes and locks nothing, in as many queries for ten goods as for one."""
        goods = [(shop.w.make_variant(stock={shop.here: 5}), 1) for _ in range(10)]
        counts = []
        for asked in (goods[:1], goods):
            with queries() as found:
                available(shop, *asked)
            statements = [row["sql"] for row in found.captured_queries]
            reads = ("SELECT", "DECLARE")
            writes = [row for row in statements if not row.strip().startswith(reads) or "FOR UPDATE" in row]
            assert writes == []
            counts.append(len(statements))
        assert counts[0] == counts[1], counts

    @pytest.mark.parametrize(
        ("arguments", "expected"),
        [
            ({"items": []}, ("REQUIRED", "items")),
            ({"country": ""}, ("REQUIRED", "country")),
            ({"country": None}, ("REQUIRED", "country")),
            ({"items": [{"variantId": f"v{n}", "quantity": 1} for n in range(101)]}, ("INVALID", "items")),
        ],
    )
    def test_bad_questions(self, shop: Any, arguments: Any, expected: Any) -> None:
        usual = {"items": [{"variantId": "x", "quantity": 1}], "country": "US"}
        assert refused(ask(shop, AVAILABILITY, **{**usual, **arguments})) == expected

    def test_limits_count_over_all_fields(self, shop: Any) -> None:
        """A hundred lines in one request, however they are spread over its fields."""
        items = "[" + ",".join(f'{{variantId: "v{n}", quantity: 1}}' for n in range(60)) + "]"
        two = " ".join(f'a{n}: availability(items: {items}, country: "US") {{ together }}' for n in range(2))
        answer = ask(shop, f"{{ {two} }}")
        assert [row["extensions"]["exception"]["code"] for row in answer["errors"]] == ["INVALID"]

    @pytest.mark.skipif(not THREE, reason="2.10 has no channels.")
    def test_channels(self, shop: Any) -> None:
        shirt = shop.w.make_variant(stock={shop.here: 4})
        shop.w.make_channel("other")
        goods = [{"variantId": shirt.id, "quantity": 1}]
        for channel, code in ((None, "REQUIRED"), ("nowhere", "NOT_FOUND")):
            answer = ask(shop, AVAILABILITY, items=goods, country="US", channel=channel)
            assert refused(answer) == (code, "channel")
        answer = ask(shop, AVAILABILITY, items=goods, country="US", channel="default")
        assert answer["data"]["availability"]["together"] is True


class TestPromises:
    def test_from_the_rates(self, shop: Any) -> None:
        """Each method's date comes from the rates of its service; the cheapest method first."""
        rates(shop, ("Express", 1), ("Post", 3))
        express = shop.w.make_shipping_method("Express", price=900)
        post = shop.w.make_shipping_method("Post", price=400)
        shirt = shop.w.make_variant(stock={shop.here: 5}, weight_grams=400)
        cart = shop.w.make_cart([(shirt, 2)])
        found = promises(shop, id=cart.id)
        assert list(found) == ["Post", "Express"]
        assert found["Express"]["shippingMethodId"] == express.id
        assert found["Post"]["shippingMethodId"] == post.id
        days = {name: (row["shipOn"], row["arrivesOn"]) for name, row in found.items()}
        assert days == {
            "Express": ("2026-03-04", "2026-03-05"),
            "Post": ("2026-03-04", "2026-03-09"),  # over a weekend
        }
        assert {(row["complete"], row["code"], row["parcels"]) for row in found.values()} == {(True, None, 1)}

    def test_the_same_for_goods(self, shop: Any) -> None:
        """Goods and a country give what a checkout with them gives."""
        rates(shop, ("Post", 2))
        shop.w.make_shipping_method("Post")
        one = shop.w.make_variant(stock={shop.here: 5}, weight_grams=400)
        two = shop.w.make_variant(stock={shop.there: 5}, weight_grams=400)
        cart = shop.w.make_cart([(one, 2), (two, 1)])
        goods = [{"variantId": one.id, "quantity": 2}, {"variantId": two.id, "quantity": 1}]
        found = promises(shop, items=goods, country="US")
        assert found == promises(shop, id=cart.id)
        assert found["Post"]["parcels"] == 2

    def test_the_cut_off(self, shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        """After the warehouse's cut-off a parcel leaves on its next working day."""
        rates(shop, ("Post", 1))
        shop.w.make_shipping_method("Post")
        set_profile(shop, shop.here, 'cutOff: "08:30", timeZone: "UTC"')
        cart = shop.w.make_cart([(shop.w.make_variant(stock={shop.here: 5}), 1)])
        row = promises(shop, id=cart.id)["Post"]
        assert (row["shipOn"], row["arrivesOn"]) == ("2026-03-05", "2026-03-06")

    @pytest.mark.skipif(not THREE, reason="2.10's shipping methods have no days.")
    def test_from_the_shipping_method(self, shop: Any) -> None:
        """Where the rates know no days, the method's own longest time counts from when the parcel leaves."""
        shop.w.make_shipping_method("Post", min_days=1, max_days=2)
        cart = shop.w.make_cart([(shop.w.make_variant(stock={shop.here: 5}), 1)])
        row = promises(shop, id=cart.id)["Post"]
        assert date.fromisoformat(row["arrivesOn"]) > date.fromisoformat(row["shipOn"])
        assert row["arrivesOn"] == "2026-03-06"

    def test_incomplete(self, shop: Any) -> None:
        """No date is promised for a cart that cannot be shipped whole."""
        shop.w.make_shipping_method("Post")
        cart = shop.w.make_cart([(shop.w.make_variant(stock={shop.here: 1}), 2)])
        row = promises(shop, id=cart.id)["Post"]
        assert (row["complete"], row["code"], row["parcels"]) == (False, "OUT_OF_STOCK", 0)
        assert (row["shipOn"], row["arrivesOn"]) == (None, None)

    def test_none(self, shop: Any) -> None:
        """Nothing is promised where nothing is shipped."""
        shop.w.make_shipping_method("Post")
        book = shop.w.make_cart([(shop.w.make_variant(requires_shipping=False), 1)])
        bare = shop.w.make_cart([(shop.w.make_variant(stock={shop.here: 1}), 1)], country="")
        assert promises(shop, id=book.id) == promises(shop, id=bare.id) == {}
        if THREE:
            point = shop.w.make_warehouse(pickup=True)
            taken = shop.w.make_cart([(shop.w.make_variant(stock={point: 1}), 1)], collection_point=point)
            assert promises(shop, id=taken.id) == {}

    def test_bad_questions(self, shop: Any) -> None:
        goods = [{"variantId": "x", "quantity": 1}]
        for variables, expected in (
            ({}, ("REQUIRED", "checkoutId")),
            ({"id": "x", "items": goods}, ("REQUIRED", "checkoutId")),
            ({"id": "x"}, ("NOT_FOUND", "checkoutId")),
            ({"items": goods}, ("REQUIRED", "country")),
        ):
            assert refused(ask(shop, PROMISES, **variables)) == expected


class TestWhoMayAsk:
    def test_off(self, shop: Any) -> None:
        """Switched off, only staff may ask."""
        shop.switch()
        shirt = shop.w.make_variant(stock={shop.here: 5})
        variables = {"items": [{"variantId": shirt.id, "quantity": 1}], "country": "US"}
        for query in (AVAILABILITY, PROMISES):
            for token in (None, "forged", shop.token("MANAGE_PRODUCTS")):
                assert refused(ask(shop, query, token, **variables))[0] == "PERMISSION_DENIED"
            assert "errors" not in ask(shop, query, shop.token("MANAGE_ORDERS"), **variables)

    def test_too_often(self, shop: Any) -> None:
        """A client that asks too often must wait; staff need not, nor does another client."""
        shop.switch(storefront_answers=True, storefront_per_minute="3")
        shirt = shop.w.make_variant(stock={shop.here: 5})
        variables = {"items": [{"variantId": shirt.id, "quantity": 1}], "country": "US"}
        answers = [ask(shop, AVAILABILITY, **variables) for _ in range(5)]
        assert ["errors" in answer for answer in answers] == [False] * 3 + [True] * 2
        assert refused(answers[-1])[0] == "RATE_LIMITED"
        assert "errors" not in ask(shop, AVAILABILITY, shop.token("MANAGE_ORDERS"), **variables)
        assert "errors" not in ask(shop, AVAILABILITY, shop.token("MANAGE_PRODUCTS"), **variables)


def rates(shop: Any, *services: tuple[str, int]) -> None:
    """A card whose parcels take so many days by each service."""
    query = """mutation($rates: [RateInput!]!) { ratesReplace(card: "Post", currency: "USD", rates: $rates) {
      card { active } errors { field message } } }"""
    rows = [{"service": name, "base": "5.00", "transitDays": days} for name, days in services]
    answer = ask(shop, query, shop.token("MANAGE_PLUGINS"), rates=rows)
    assert answer["data"]["ratesReplace"]["errors"] == [], answer
