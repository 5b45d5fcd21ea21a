"""Random lives of orders: whatever is done in whatever order, the promises hold after each step."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from typing import Any

import pytest

from saleor_plugins.delivery import relay
from saleor_plugins.fulfillment.models import RoutedOrder, Turndown
from saleor_plugins.fulfillment.tasks.sweep import find_broken, report
from saleor_plugins.fulfillment.usecases.change_shipment import cancel_shipment
from saleor_plugins.fulfillment.usecases.commit_decision import Trigger
from saleor_plugins.fulfillment.usecases.commit_plan import commit_plan
from saleor_plugins.fulfillment.usecases.hold_order import hold_order
from saleor_plugins.fulfillment.usecases.reject_order import lift_turndown, reject_order, short_pick
from saleor_plugins.fulfillment.usecases.release_order import release_order
from saleor_plugins.fulfillment.usecases.route_order import preview, route_order
from saleor_plugins.fulfillment.usecases.ship_order import ship_order
from saleor_plugins.kernel.errors import OpsError
from saleor_plugins.platform.port import OrderStatus
from tests.fault.routing import check_ledger, make_world, oversold
from tests.integration.fulfillment.life import change_address, change_line

LIVES = range(int(os.environ.get("ROUTING_LIVES", "4")))
STEPS = 30


class Life:
    """Three warehouses, two variants, three orders, and everything that can happen to them."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.w = make_world()
        self.w.configure_plugin("saleor_plugins.fulfillment", active=True, reroute_limit="1000")
        self.places = [
            self.w.make_warehouse(country=code, countries=["US", "CA"]) for code in ("US", "DE", "FR")
        ]
        self.variants = [
            self.w.make_variant(stock={place: self.dice.randint(0, 8) for place in self.places})
            for _ in range(2)
        ]
        self.orders = [
            self.w.make_order(
                [(variant, self.dice.randint(1, 4)) for variant in self.dice.choices(self.variants, k=2)],
                allocate=False,
            )
            for _ in range(3)
        ]
        self.acts: list[Callable[[Any], object]] = [
            self.route, self.ask, self.wave, self.stock, self.stock, self.drop, self.hold, self.release, self.reject,
            self.short, self.lift, self.edit, self.move, self.ship, self.unship, self.cancel,
        ]  # fmt: skip

    def step(self) -> str:
        """Do one thing to one order; then the beat of a minute."""
        act, order = self.dice.choice(self.acts), self.dice.choice(self.orders)
        try:
            act(self.w.shop.order(order.id))
        except OpsError as error:
            return f"{act.__name__} refused: {error.code}"
        finally:
            # Hooks report what is done in Saleor; what no hook reports is found.
            report([order.id])
            self.settle()
        return act.__name__

    def settle(self) -> None:
        from saleor_plugins.delivery.models import Event

        for _ in range(2):
            find_broken()
            relay.drain()
            Event.objects.filter(topic="fulfillment.order_seen").delete()

    def route(self, order: Any) -> object:
        return route_order(order.id)

    def ask(self, order: Any) -> object:
        return route_order(order.id, trigger=Trigger.MANUAL)

    def wave(self, order: Any) -> object:
        return commit_plan(order.id, preview(order.id))

    def stock(self, order: Any) -> None:
        self.w.set_stock(
            self.dice.choice(self.variants), self.dice.choice(self.places), self.dice.randint(0, 8)
        )

    def drop(self, order: Any) -> None:
        variant, place = self.dice.choice(self.variants), self.dice.choice(self.places)
        if any(row.warehouse_id == place.id for row in self.w.shop.stocks([variant.id])):
            self.w.set_stock(variant, place, None)

    def hold(self, order: Any) -> object:
        return hold_order(order.id, self.dice.choice(("Wait", "Fraud?")))

    def release(self, order: Any) -> object:
        return release_order(order.id)

    def reject(self, order: Any) -> object:
        return reject_order(order.id, self.dice.choice(self.places).id, "")

    def short(self, order: Any) -> object:
        row = self.dice.choice(self.w.shop.allocations(order.id) or [None])
        if row is None:
            return None
        found, fix = self.dice.randint(0, row.quantity), self.dice.random() < 0.5
        variant = order.line(row.line_id).variant_id
        return short_pick(order.id, row.warehouse_id, variant, found, correct_stock=fix)

    def lift(self, order: Any) -> object:
        row = Turndown.objects.filter(order_id=order.id, lifted=None).first()
        return row and lift_turndown(row.pk)

    def edit(self, order: Any) -> None:
        line = self.dice.randrange(len(order.lines))
        change_line(order, max(order.lines[line].quantity_fulfilled, self.dice.randint(1, 6)), line)

    def move(self, order: Any) -> None:
        change_address(
            order, country=self.dice.choice(("US", "CA", "GB")), postal_code=str(self.dice.random())[:6]
        )

    def ship(self, order: Any) -> object:
        return ship_order(order.id)

    def unship(self, order: Any) -> object:
        from saleor_plugins.fulfillment.models import Shipment

        row = Shipment.objects.filter(order_id=order.id, state="CREATED").first()
        return row and cancel_shipment(row.pk)

    def cancel(self, order: Any) -> None:
        if self.dice.random() < 0.3:
            self.w.set_status(order, OrderStatus.CANCELED)

    def check(self) -> None:
        """What must hold now."""
        shop = self.w.shop
        check_ledger(shop)
        states = {row.order_id: row.state for row in RoutedOrder.objects.all()}
        held = {order.id for order in self.orders if states.get(order.id) == "HELD"}
        if not held:
            assert oversold(shop, self.variants) == {}
        for order in (shop.order(order.id) for order in self.orders):
            units = {line.id: 0 for line in order.lines}
            for row in shop.allocations(order.id):
                units[row.line_id] += row.quantity
            if order.status in (OrderStatus.CANCELED, OrderStatus.FULFILLED):
                assert not any(units.values()) and states.get(order.id) in ("CLOSED", None)
            elif order.id not in held:
                assert all(units[line.id] <= line.to_ship for line in order.lines)


@pytest.mark.parametrize("seed", LIVES)
def test_a_random_life(db: None, seed: int) -> None:
    life = Life(seed)
    told: list[str] = []
    for _ in range(STEPS):
        told.append(life.step())
        try:
            life.check()
        except AssertionError:
            print(f"seed {seed} after: {', '.join(told)}")
            raise
