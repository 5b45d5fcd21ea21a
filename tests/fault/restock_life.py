"""A small shop in which anything happens in any order, and an oracle that counts every unit by itself."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil
from random import Random
from typing import Any

from django.db import connection

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import OpsError
from saleor_plugins.platform.port import Variant, Warehouse
from saleor_plugins.restock.domain import transfer
from saleor_plugins.restock.domain.edits import Edit
from saleor_plugins.restock.domain.order import OWED, Arrival
from saleor_plugins.restock.models import (
    DailyDemand,
    PurchaseOrder,
    PurchaseOrderLine,
    ReorderPolicy,
    ShopFigure,
    Suggestion,
    Supplier,
    Transfer,
    TransferLane,
    TransferLine,
)
from saleor_plugins.restock.settings import PLUGIN_ID
from saleor_plugins.restock.usecases.approve_order import approve_order
from saleor_plugins.restock.usecases.approve_transfer import approve_transfer
from saleor_plugins.restock.usecases.cancel_order import cancel_order
from saleor_plugins.restock.usecases.cancel_transfer import cancel_transfer
from saleor_plugins.restock.usecases.create_order import create_order
from saleor_plugins.restock.usecases.edit_order import edit_order
from saleor_plugins.restock.usecases.order_lines import Wanted
from saleor_plugins.restock.usecases.postpone_order import postpone_order
from saleor_plugins.restock.usecases.receive_order import receive_order
from saleor_plugins.restock.usecases.receive_transfer import receive_transfer
from saleor_plugins.restock.usecases.ship_transfer import ship_transfer
from saleor_plugins.restock.usecases.suggest import suggest
from saleor_plugins.restock.usecases.suppliers import (
    Offer,
    create_supplier,
    set_reorder_policy,
    set_supplier_item,
)
from tests.shopdata import world

Pair = tuple[str, str]
Step = Callable[[], Any]


@dataclass
class Town:
    """Three warehouses with lanes between them and two suppliers: every life is lived here."""

    data: Any
    houses: list[Warehouse]
    suppliers: list[Supplier]


def make_town() -> Town:
    """A fresh one, the plugin switched on."""
    data = world()
    data.configure_plugin(PLUGIN_ID, active=True, over_receipt_percent="20")
    houses = [data.make_warehouse(country=code, countries=[code]) for code in ("US", "DE", "PL")]
    for source, target, days in ((0, 1, 2), (1, 0, 2), (2, 0, 9), (2, 1, 1)):
        TransferLane.objects.create(source_id=houses[source].id, target_id=houses[target].id, days=days)
    return Town(data, houses, [create_supplier("Acme"), create_supplier("Bolt")])


@dataclass
class Life:
    """Two variants with limits of their own, one of which sells. `extra` units were allowed beside the rule."""

    town: Town
    dice: Random
    variants: list[Variant] = field(default_factory=list)
    step: dict[str, int] = field(default_factory=dict)
    start: dict[Pair, int] = field(default_factory=dict)
    target: dict[Pair, int] = field(default_factory=dict)
    extra: Counter[Pair] = field(default_factory=Counter)
    taken: Counter[str] = field(default_factory=Counter)

    def begin(self) -> None:
        """Variants, terms and limits; a run over empty shelves tells the targets, then there is stock."""
        for sells in (False, True):
            variant = self.town.data.make_variant(stock=dict.fromkeys(self.town.houses, 0), price=1500)
            self.variants.append(variant)
            self._limits(variant, sells)
            self._terms(variant)
            if sells:
                self._sold(variant)
        suggest(variant_ids=self.ids())
        for row in Suggestion.objects.filter(variant_id__in=self.ids()):
            self.target[row.variant_id, row.warehouse_id] = row.target
        for variant in self.variants:
            for house in self.town.houses:
                self.town.data.set_stock(variant, house, self.dice.choice((0, 0, 3, 8, 60)))
        suggest(variant_ids=self.ids())
        self.start = self.positions()

    def _limits(self, variant: Variant, sells: bool) -> None:
        for house in self.town.houses:
            least = 0 if sells else self.dice.choice((0, 5, 12))
            most = None if sells else self.dice.choice((None, least + 7))
            set_reorder_policy(variant.id, house.id, least, most)
            self.target[variant.id, house.id] = least if most is None else most

    def _terms(self, variant: Variant) -> None:
        steps = []
        for supplier in self.dice.sample(self.town.suppliers, self.dice.choice((1, 2))):
            moq, pack = self.dice.choice((1, 1, 6, 10)), self.dice.choice((1, 1, 4, 6))
            price = f"{self.dice.randint(300, 500) / 100:.2f}"
            set_supplier_item(
                supplier.pk, variant.id, Offer(price, "USD", moq, pack, self.dice.choice((1, 5)))
            )
            steps += [pack - 1, ceil(moq / pack) * pack - 1]
        self.step[variant.id] = max(steps)

    def _sold(self, variant: Variant) -> None:
        today = clock.day_of(clock.now(), self.town.data.shop.time_zone())
        DailyDemand.objects.bulk_create(
            DailyDemand(variant_id=variant.id, day=today - timedelta(days=back), country="US", units=units)
            for back in range(1, 60)
            if (units := self.dice.choice((0, 0, 1, 2)))
        )

    def end(self) -> None:
        """Nothing of this life is on the pages of the next ones."""
        for variant in self.variants:
            for house in self.town.houses:
                self.town.data.set_stock(variant, house, None)
        ReorderPolicy.objects.filter(variant_id__in=self.ids()).delete()
        suggest(variant_ids=self.ids())
        ShopFigure.objects.all().delete()

    def ids(self) -> list[str]:
        return [variant.id for variant in self.variants]

    def pairs(self) -> list[Pair]:
        return [(variant.id, house.id) for variant in self.variants for house in self.town.houses]

    def positions(self) -> dict[Pair, int]:
        """Everything that lies, is promised, is to come and to go, drafts too: read from the rows.

        What a draft would take from a warehouse is still there: it may be withdrawn.
        """
        found = dict.fromkeys(self.pairs(), 0)
        for row in self.town.data.shop.stocks(self.ids()):
            found[row.variant_id, row.warehouse_id] += row.on_hand - row.allocated
        for line in PurchaseOrderLine.objects.filter(variant_id__in=self.ids()).select_related("order"):
            if line.order.state in (*OWED, "DRAFT"):
                found[line.variant_id, line.warehouse_id] += max(line.ordered - line.received, 0)
        for line in TransferLine.objects.filter(variant_id__in=self.ids()).select_related("transfer"):
            state = line.transfer.state
            if state == "APPROVED":
                found[line.variant_id, line.source_id] -= line.quantity
            if state in ("DRAFT", "APPROVED"):
                found[line.variant_id, line.target_id] += line.quantity
            if state in ("SHIPPED", "PARTLY_RECEIVED"):
                found[line.variant_id, line.target_id] += line.shipped - line.received - line.lost
        return found

    def too_many(self) -> list[tuple[Pair, int, int]]:
        """Needs above what may be asked for: the target and one step of the supplier, or the start.

        What suppliers delivered above their orders, and what persons did beside the rule, comes on top.
        """
        over: Counter[Pair] = Counter()
        for line in PurchaseOrderLine.objects.filter(variant_id__in=self.ids()):
            over[line.variant_id, line.warehouse_id] += max(line.received - line.ordered, 0)
        found = []
        for pair, units in self.positions().items():
            asked = max(self.start[pair], self.target.get(pair, 0) + self.step[pair[0]])
            if units > asked + over[pair] + self.extra[pair]:
                found.append((pair, units, asked))
        return found

    # What may happen. Each draws its dice now and answers what is to be done.

    def run(self) -> Step:
        kind = self.dice.random()
        if kind < 0.15:
            return suggest
        if kind < 0.3:
            house = self.dice.choice(self.town.houses).id
            return lambda: suggest(warehouse_id=house)
        return lambda: suggest(variant_ids=self.ids())

    def approve(self) -> Step | None:
        order = self._order("DRAFT")
        return order and (lambda: approve_order(order.pk))

    def cancel(self) -> Step | None:
        order = self._order(*OWED, "DRAFT")
        return order and (lambda: cancel_order(order.pk))

    def receive(self) -> Step | None:
        order = self._order(*OWED)
        if order is None:
            return None
        arrivals = []
        for line in order.lines.filter(open=True, draft=False):
            owed, more = line.ordered - line.received, line.tolerance
            units = self.dice.choice((1, max(owed // 2, 1), owed, owed + more))
            arrivals.append(Arrival(str(line.pk), units))
        reference = f"note {self.dice.randint(1, 3)}"
        return lambda: receive_order(order.pk, reference, arrivals)

    def postpone(self) -> Step | None:
        order = self._order(*OWED)
        day = clock.now().date() + timedelta(days=self.dice.randint(2, 400))
        return order and (lambda: postpone_order(order.pk, day))

    def amend(self) -> Step | None:
        order = self._order(*OWED)
        line = order and order.lines.filter(open=True).first()
        if not order or not line:
            return None
        units = max(line.received + 1, line.ordered + self.dice.choice((-3, -1, 2)))
        self.extra[line.variant_id, line.warehouse_id] += max(units - line.ordered, 0)
        return lambda: edit_order(order.pk, [Edit(line_id=str(line.pk), quantity=units)])

    def by_hand(self) -> Step:
        variant, house = self.dice.choice(self.variants), self.dice.choice(self.town.houses)
        supplier = self.dice.choice(self.town.suppliers)
        self.extra[variant.id, house.id] += 5
        wanted = [Wanted(variant.id, 5, "4.00")]
        return lambda: create_order(supplier.pk, house.id, wanted, currency="USD")

    def sell(self) -> Step:
        variant, house = self.dice.choice(self.variants), self.dice.choice(self.town.houses)
        units = self.dice.randint(1, 6)
        return lambda: self.town.data.shop.move_stock(variant.id, house.id, -units)

    def approve_move(self) -> Step | None:
        found = self._transfer("DRAFT")
        return found and (lambda: approve_transfer(found.pk))

    def cancel_move(self) -> Step | None:
        found = self._transfer("DRAFT", "APPROVED")
        if found is None:
            return None
        for line in found.lines.all():
            self.extra[line.variant_id, line.source_id] += line.quantity
        return lambda: cancel_transfer(found.pk)

    def ship(self) -> Step | None:
        found = self._transfer("APPROVED")
        if found is None:
            return None
        lines = list(found.lines.all())
        shippings = [transfer.Shipping(str(line.pk), self.dice.randint(0, line.quantity)) for line in lines]
        for line in lines:
            self.extra[line.variant_id, line.source_id] += line.quantity
        return lambda: ship_transfer(found.pk, "waybill", shippings)

    def arrive(self) -> Step | None:
        found = self._transfer("SHIPPED", "PARTLY_RECEIVED")
        if found is None:
            return None
        arrivals = []
        for line in found.lines.all():
            missing = line.shipped - line.received - line.lost
            came = self.dice.randint(0, missing)
            lost = self.dice.randint(0, missing - came)
            if came + lost:
                arrivals.append(transfer.Arrival(str(line.pk), came, lost))
        reference = f"ramp {self.dice.randint(1, 4)}"
        return lambda: receive_transfer(found.pk, reference, arrivals, note="Broken.")

    def _order(self, *states: str) -> PurchaseOrder | None:
        rows = PurchaseOrder.objects.filter(state__in=states, lines__variant_id__in=self.ids())
        return _one(self.dice, rows.order_by("number").distinct())

    def _transfer(self, *states: str) -> Transfer | None:
        rows = Transfer.objects.filter(state__in=states, lines__variant_id__in=self.ids())
        return _one(self.dice, rows.order_by("number").distinct())


STEPS = {
    "run": 6, "approve": 5, "receive": 4, "cancel": 1, "postpone": 1, "amend": 1, "by_hand": 1, "sell": 5,
    "approve_move": 3, "ship": 3, "arrive": 2, "cancel_move": 1,
}  # fmt: skip


def take(life: Life) -> list[BaseException]:
    """A step, or two or three at the same moment; answers what nobody foresaw."""
    names = life.dice.choices(list(STEPS), list(STEPS.values()), k=life.dice.choice((1, 1, 1, 2, 3)))
    steps = [(name, step) for name in names if (step := getattr(life, name)()) is not None]
    life.taken.update(name for name, _ in steps)
    return [error for error in together(step for _, step in steps) if not isinstance(error, OpsError)]


def together(steps: Iterable[Step]) -> list[BaseException]:
    """Do all at once, each on a connection of its own; answers what they raised."""
    calls, errors = list(steps), []
    gate = threading.Barrier(max(len(calls), 1))

    def do(call: Step, own: bool) -> None:
        try:
            gate.wait()
            call()
        except BaseException as error:
            errors.append(error)
        finally:
            if own:
                connection.close()

    if len(calls) == 1:
        do(calls[0], False)
        return errors
    threads = [threading.Thread(target=do, args=(call, True)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def _one(dice: Random, rows: Any) -> Any:
    found = list(rows)
    return dice.choice(found) if found else None
