"""Returns that went every way a return can go, by the use cases, on a clock of their own."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from saleor_plugins.delivery.relay import drain
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import OpsError
from saleor_plugins.platform.port import Order, ShipItem
from saleor_plugins.returns.domain.plan import PartKind
from saleor_plugins.returns.models import Inspection, Return, ReturnLabel, ReturnLine
from saleor_plugins.returns.usecases.approve_return import approve_return
from saleor_plugins.returns.usecases.cancel_return import cancel_return
from saleor_plugins.returns.usecases.close_return import close_return
from saleor_plugins.returns.usecases.decline_return import decline_return
from saleor_plugins.returns.usecases.exchange_return import exchange_return
from saleor_plugins.returns.usecases.follow_up import follow_up
from saleor_plugins.returns.usecases.inspect_return import Judgement, inspect_return
from saleor_plugins.returns.usecases.keep_units import keep_units
from saleor_plugins.returns.usecases.receive_parcel import receive_parcel
from saleor_plugins.returns.usecases.refund_return import refund_return
from saleor_plugins.returns.usecases.request_return import Item, request_return

from .rooms import STAFF, Room

REASONS = ["TOO_SMALL", "DEFECTIVE", "STYLE", "UNSPECIFIED"]
DISPOSITIONS = ["RESTOCK", "RESTOCK", "REFURBISH", "QUARANTINE", "SCRAP", "SEND_BACK"]
GRADES = ["A", "B", "WORN", ""]
MAILS = ["ada@example.com", "ADA@example.com", "bob@example.com", "eve@example.com"]


class Clock:
    """Moves on when it is told to."""

    def __init__(self, start: datetime, dice: random.Random):
        self.at, self.dice = start, dice

    def __call__(self) -> datetime:
        return self.at

    def wait(self) -> None:
        """From a minute to four days."""
        self.at += timedelta(minutes=self.dice.choice([1, 50, 700, 3000, 5760]))


class Lives:
    """Makes returns of orders in `room`."""

    def __init__(self, room: Room, patch: Any, seed: int, start: datetime):
        """`patch` sets an attribute, as pytest's monkeypatch does."""
        self.room, self.dice = room, random.Random(seed)
        self.clock = Clock(start, self.dice)
        patch.setattr(clock, "now", self.clock)
        self.variants = [
            room.data.make_variant(price=price, stock={room.house: 10_000}) for price in (1999, 333, 5000)
        ]

    def order(self, **options: Any) -> Order:
        """A shipped order of one to three lines."""
        chosen = self.dice.sample(self.variants, self.dice.randint(1, 3))
        lines = [(variant, self.dice.randint(1, 4)) for variant in chosen]
        mail, placed = self.dice.choice(MAILS), self.clock.at
        made = self.room.data.make_order(
            lines, email=mail, created=placed, shipping=500, tax_percent=19, **options
        )
        items = [ShipItem(line.id, self.room.house.id, line.quantity) for line in made.lines]
        self.room.data.shop.fulfill(made.id, items)
        return self.room.data.shop.order(made.id)

    def live(self, order: Order) -> Return:
        """One return of the order, as far as chance takes it."""
        items = [
            Item(
                self.dice.randint(1, line.quantity),
                line.id,
                reason_code=self.dice.choice(REASONS),
            )
            for line in order.lines
        ]
        rma = request_return(STAFF, order.id, items)
        self.clock.wait()
        ending = self.dice.random()
        if ending < 0.1:
            return decline_return(STAFF, rma.pk, "Worn.")
        if ending < 0.2:
            return cancel_return(STAFF, rma.pk)
        approve_return(STAFF, rma.pk)
        self.clock.wait()
        for step in (self._keep, self._advance, self._receive, self._judge, self._refund, self._later):
            if self.dice.random() < 0.85:
                try:
                    step(rma)
                except OpsError:
                    continue  # not every way is open to every return
                self.clock.wait()
        if self.dice.random() < 0.5:
            drain()
            self.clock.wait()
        try:
            return close_return(STAFF, rma.pk)
        except OpsError:
            return rma

    def _some(self, rma: Return, most: str = "approved") -> list[tuple[Any, int]]:
        rows = list(ReturnLine.objects.filter(rma=rma))
        return [(row.pk, self.dice.randint(1, getattr(row, most))) for row in rows if getattr(row, most)]

    def _keep(self, rma: Return) -> None:
        if self.dice.random() < 0.3:
            keep_units(STAFF, rma.pk, self._some(rma)[:1])

    def _advance(self, rma: Return) -> None:
        if self.dice.random() < 0.3:
            refund_return(STAFF, rma.pk, advance=self._some(rma)[-1:])

    def _receive(self, rma: Return) -> None:
        receive_parcel(STAFF, rma.pk, self.room.house.id, self._some(rma))

    def _judge(self, rma: Return) -> None:
        inspect_return(
            STAFF,
            rma.pk,
            [
                Judgement(key, units, self.dice.choice(DISPOSITIONS), grade=self.dice.choice(GRADES))
                for key, units in self._some(rma, "received")
            ],
        )

    def _refund(self, rma: Return) -> None:
        way = self.dice.random()
        if way < 0.2:
            refund_return(STAFF, rma.pk, to=PartKind.STORE_CREDIT)
        elif way < 0.5:
            exchange_return(STAFF, rma.pk, [(self.dice.choice(self.variants).id, 1)])
        elif way < 0.6:
            refund_return(STAFF, rma.pk, 1)
        else:
            refund_return(STAFF, rma.pk)

    def _later(self, rma: Return) -> None:
        for row in Inspection.objects.filter(
            receipt_line__receipt__rma=rma, disposition__in=("REFURBISH", "QUARANTINE")
        ):
            outcome = self.dice.choice(["RESTOCK", "SCRAP"])
            follow_up(STAFF, row.pk, self.dice.randint(1, row.quantity), outcome)


def add_label(rma: Return, cost: int, state: str = "BOUGHT", currency: str = "USD") -> None:
    """A label of the return."""
    ReturnLabel.objects.create(
        rma=rma, sequence=rma.labels.count() + 1, state=state, tracking_number="T", cost=cost,
        currency=currency, created=clock.now(),
    )  # fmt: skip
