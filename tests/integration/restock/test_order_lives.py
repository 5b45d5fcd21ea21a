"""Random lives of orders against a clerk's own list of what went onto the shelf."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import OpsError
from saleor_plugins.restock.domain.edits import Edit
from saleor_plugins.restock.domain.order import OWED, Arrival
from saleor_plugins.restock.models import PurchaseOrder
from saleor_plugins.restock.store.costs import landed_per_unit, line_weights
from saleor_plugins.restock.usecases.approve_order import approve_order
from saleor_plugins.restock.usecases.audit import audit
from saleor_plugins.restock.usecases.book_cost import book_cost
from saleor_plugins.restock.usecases.cancel_order import cancel_order
from saleor_plugins.restock.usecases.close_order import close_order
from saleor_plugins.restock.usecases.create_order import create_order
from saleor_plugins.restock.usecases.edit_order import edit_order
from saleor_plugins.restock.usecases.order_lines import Wanted
from saleor_plugins.restock.usecases.postpone_order import postpone_order
from saleor_plugins.restock.usecases.receive_lines import Unordered
from saleor_plugins.restock.usecases.receive_order import receive_order

from .rooms import Room, events

STEPS = 40


class Life:
    """A clerk who does anything at any time, twice now and then, and keeps a list of the shelf."""

    def __init__(self, room: Room, seed: int) -> None:
        self.room, self.dice = room, random.Random(seed)
        self.variants = [room.data.make_variant(stock={room.house: 0}) for _ in range(4)]
        for variant in self.variants:
            room.sells(variant, f"{self.dice.randint(1, 900) / 100:.2f}")
        self.shelf: Counter[str] = Counter()
        self.paid: Counter[Any] = Counter()
        self.done = 0

    def begin(self) -> None:
        """With a delivery, so that no life is without one."""
        order = approve_order(self.new().pk)
        line = order.lines.order_by("id")[0]
        receive_order(order.pk, "first", [Arrival(str(line.pk), 1)])
        self.shelf[line.variant_id] += 1

    def step(self) -> None:
        acts: list[Callable[[], None]] = [self.create, self.approve, self.receive, self.receive, self.receive]
        acts += [self.edit, self.edit, self.postpone, self.cost, self.end]
        try:
            self.dice.choice(acts)()
            self.done += 1
        except OpsError as error:
            assert error.field, error

    def order(self) -> PurchaseOrder:
        rows = PurchaseOrder.objects.filter(lines__isnull=False).distinct().order_by("id")
        alive = list(rows.filter(state__in=OWED))
        chosen = alive if alive and self.dice.random() < 0.8 else list(rows)
        return self.dice.choice(chosen) if chosen else self.new()

    def new(self) -> PurchaseOrder:
        chosen = self.dice.sample(self.variants, self.dice.randint(1, 3))
        wanted = [Wanted(variant.id, self.dice.randint(1, 12)) for variant in chosen]
        return create_order(self.room.supplier.pk, self.room.house.id, wanted)

    def create(self) -> None:
        self.new()

    def approve(self) -> None:
        draft = PurchaseOrder.objects.filter(state="DRAFT").first()
        approve_order((draft or self.order()).pk)

    def receive(self) -> None:
        order = self.order()
        rows = list(order.lines.all())
        arrivals = [
            Arrival(str(row.pk), self.dice.randint(0, 8), self.dice.choice([0, 0, 1]))
            for row in self.dice.sample(rows, min(len(rows), self.dice.randint(1, 2)))
        ]
        named = {row.variant_id for row in rows}
        odd = [variant for variant in self.variants if variant.id not in named][:1]
        strays = [Unordered(2, sku=each.sku, stock=self.dice.random() < 0.5) for each in odd]
        if self.dice.random() < 0.7:
            strays = []
        note, over = f"note {self.dice.randint(0, 99)}", self.dice.random() < 0.3
        before = order.receipts.filter(reference=note).exists()
        for _ in range(self.dice.choice([1, 1, 2])):
            receive_order(order.pk, note, arrivals, unordered=strays, accept_over=over)
        if not before:
            variants = {str(row.pk): row.variant_id for row in rows}
            for arrival in arrivals:
                self.shelf[variants[arrival.line_id]] += arrival.quantity
            for each, stray in zip(odd, strays, strict=False):
                self.shelf[each.id] += stray.quantity * stray.stock

    def edit(self) -> None:
        order = self.order()
        row = self.dice.choice(list(order.lines.all()))
        if self.dice.random() < 0.3:
            edit = Edit(line_id=str(row.pk), remove=True)
        elif self.dice.random() < 0.4:
            edit = Edit(variant_id=self.dice.choice(self.variants).id, quantity=self.dice.randint(1, 9))
        else:
            edit = Edit(line_id=str(row.pk), quantity=self.dice.randint(1, 15))
        edit_order(order.pk, [edit])

    def postpone(self) -> None:
        day = (clock.now() + timedelta(days=self.dice.randint(0, 90))).date()
        postpone_order(self.order().pk, day)

    def cost(self) -> None:
        order, amount = self.order(), self.dice.randint(-300, 900)
        note, by = f"bill {self.dice.randint(0, 999)}", self.dice.choice(["VALUE", "UNITS"])
        known = order.costs.filter(reference=note).exists()
        book_cost(order.pk, note, "FREIGHT", f"{amount / 100:.2f}", share_by=by)
        self.paid[order.pk] += 0 if known else amount

    def end(self) -> None:
        self.dice.choice([cancel_order, close_order])(self.order().pk)

    def check(self) -> None:
        for variant in self.variants:
            assert self.room.on_hand(variant.id) == self.shelf[variant.id]
        for order in PurchaseOrder.objects.all():
            weights = line_weights([order.pk])[order.pk]
            borne = landed_per_unit([order.pk])
            told = sum(borne[line] * weights[line].units for line in borne)
            assert told == (self.paid[order.pk] if any(weight.units for weight in weights.values()) else 0)
            assert order.lines.filter(open=True).exists() == (order.state in ("DRAFT", *OWED))
        assert (
            len(events("purchase_order.amended"))
            == sum(PurchaseOrder.objects.values_list("revision", flat=True)) - PurchaseOrder.objects.count()
        )
        assert audit() == []


@pytest.mark.parametrize("seed", range(12))
def test_the_shelf_is_the_clerks_list_after_any_life(room: Room, seed: int) -> None:
    life = Life(room, seed)
    life.begin()
    for _ in range(STEPS):
        life.step()
    life.check()
    assert life.done > STEPS / 5
