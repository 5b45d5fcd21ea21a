"""What the router adds to a checkout of the installed Saleor, and how long storefronts wait for an answer.

    DATABASE_URL=postgres://... python benchmarks/routing_checkout.py [checkouts a row] [seed]

Ten warehouses, a rate card with three services. Saleor's own checkoutComplete and its checkout query, over
its GraphQL, with the router's part off and on in turn, in one run: medians, the difference, and the ratio.
Then the router's own answers to storefronts. A database of its own is made and removed. Prints the tables
of docs/routing.md.
"""

from __future__ import annotations

import json
import logging
import random
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from routing_postgres import database, set_up

LINES = (1, 3, 10)
AVAILABILITY = 'query($items: [GoodsInput!]!) { availability(items: $items, country: "US") { together } }'
PROMISES = "query($id: ID) { deliveryPromises(checkoutId: $id) { arrivesOn parcels } }"
SERVICES = (("Post", 400, 3), ("Parcel", 600, 2), ("Express", 900, 1))


class Shop:
    """Ten warehouses, sixty variants in about half of them each, and checkouts of any size."""

    def __init__(self, rng: random.Random, three: bool) -> None:
        from tests.shopdata import world

        self.rng, self.three, self.w = rng, three, world()
        self.places = [self.w.make_warehouse(f"W{n}", countries=["US"]) for n in range(10)]
        self.goods = [
            self.w.make_variant(
                price=rng.randint(500, 5000),
                weight_grams=rng.randint(100, 3000),
                stock=dict.fromkeys(rng.sample(self.places, 5), 1_000_000),
            )
            for _ in range(60)
        ]
        self.methods = [self.w.make_shipping_method(name, price=price) for name, price, _ in SERVICES]
        self.switch()
        self._rates()
        if three:
            self.w.model("tax.TaxConfiguration").objects.update(tax_calculation_strategy="TAX_APP")

    def switch(self, **values: Any) -> None:
        """The router's settings."""
        self.w.configure_plugin("saleor_plugins.fulfillment", active=True, **values)

    def _rates(self) -> None:
        rates = ", ".join(
            f'{{service: "{name}", base: "{price / 100:.2f}", perKg: "0.40", transitDays: {days}}}'
            for name, price, days in SERVICES
        )
        card = f'ratesReplace(card: "Card", currency: "USD", rates: [{rates}])'
        done = self.ask(f"mutation {{ {card} {{ errors {{ message }} }} }}")
        assert done["ratesReplace"]["errors"] == [], done

    def ask(self, query: str, **variables: Any) -> Any:
        """The router's own endpoint, asked by staff."""
        from saleor_plugins.fulfillment.schema import view
        from saleor_plugins.platform.port import AskerKind
        from tests.shopdata import request

        if not hasattr(self, "token"):
            self.token = self.w.make_asker(AskerKind.STAFF, "MANAGE_ORDERS", "MANAGE_PLUGINS")[1]
        answer = json.loads(view(request(self.token, {"query": query, "variables": variables})).content)
        assert "errors" not in answer, answer
        return answer["data"]

    def cart(self, lines: int) -> Any:
        """A checkout of so many lines, with the first shipping method."""
        goods = [(row, self.rng.randint(1, 3)) for row in self.rng.sample(self.goods, lines)]
        return self.w.make_cart(goods, shipping_method=self.methods[0])


def timed(call: Callable[[], Any]) -> float:
    """Milliseconds that `call` takes."""
    begun = time.perf_counter()
    call()
    return (time.perf_counter() - begun) * 1000


def compare(
    count: int, make: Callable[[int], Any], switch: Callable[[bool], None], step: Callable[[Any], Any]
) -> None:
    """One row per size: medians with the part off and on, in turn over carts of the same kind."""
    for lines in LINES:
        found: dict[bool, list[float]] = {False: [], True: []}
        for turn in range(2 * count + 4):
            wanted = bool(turn % 2)
            cart = make(lines)
            switch(wanted)
            took = timed(partial(step, cart))
            if turn >= 4:
                found[wanted].append(took)
        before, after = (statistics.median(found[key]) for key in (False, True))
        print(f"| {lines} | {before:.1f} | {after:.1f} | {after - before:+.1f} | {after / before:.2f} |")


def answers(shop: Shop, count: int) -> None:
    """How long storefronts wait: medians and 95th percentiles."""
    rows: list[tuple[str, Callable[[], Any]]] = []
    for lines in (1, 10, 60):
        goods = [{"variantId": row.id, "quantity": 2} for row in shop.goods[:lines]]
        rows.append((f"availability, {lines} goods", partial(shop.ask, AVAILABILITY, items=goods)))
    for lines in LINES:
        ask = partial(shop.ask, PROMISES, id=shop.cart(lines).id)
        rows.append((f"deliveryPromises, {lines} lines, 3 methods", ask))
    for name, call in rows:
        call()
        took = sorted(timed(call) for _ in range(count))
        print(f"| {name} | {statistics.median(took):.1f} | {took[int(len(took) * 0.95)]:.1f} |")


def main() -> None:
    """Run and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    three = set_up()
    logging.disable(logging.WARNING)
    with database():
        from tests.integration.fulfillment.test_checkout_refuse import gateway
        from tests.realshop.completing import MUTATION, ask, pay, prices

        shop = Shop(random.Random(seed), three)  # noqa: S311 - not a secret
        shop.w.configure_plugin("mirumee.payments.dummy")
        gateway(shop.w)
        print(f"Saleor {'3.x' if three else '2.10.1'}, ms; {count} checkouts a cell, seed {seed}\n")

        def paid(lines: int) -> Any:
            cart = shop.cart(lines)
            pay(cart)
            return cart

        def complete(cart: Any) -> None:
            done = ask(MUTATION, id=cart.id)["checkoutComplete"]
            assert done["order"], done

        head = "difference | ratio |\n| --- | --- | --- | --- | --- |"
        print(f"| checkoutComplete, lines | check off | on | {head}")
        compare(count, paid, lambda on: shop.switch(refuse_unshippable=on), complete)
        print(f"\n| checkout's prices, lines | as listed | as routed | {head}")
        price = {False: "listed", True: "routed"}
        compare(count, shop.cart, lambda on: shop.switch(shipping_price=price[on]), prices)
        print("\n| answer to a storefront | median | 95 % |\n| --- | --- | --- |")
        answers(shop, count)


if __name__ == "__main__":
    main()
