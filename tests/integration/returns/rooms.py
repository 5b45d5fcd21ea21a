"""A shop with a shipped order: the smallest world in which something can come back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from saleor_plugins.delivery.models import Event
from saleor_plugins.kernel.ids import from_global
from saleor_plugins.platform.port import Asker, AskerKind, Order, Payment, ShipItem, Warehouse
from saleor_plugins.returns.config import PLUGIN_ID
from saleor_plugins.returns.models import Return, ReturnLine
from saleor_plugins.returns.usecases.approve_return import approve_return
from saleor_plugins.returns.usecases.inspect_return import Judgement, inspect_return
from saleor_plugins.returns.usecases.receive_parcel import receive_parcel
from saleor_plugins.returns.usecases.refund_return import refund_return
from saleor_plugins.returns.usecases.request_return import Item, request_return
from tests.realshop.base import CREATED
from tests.shopdata import world

STAFF = Asker(AskerKind.STAFF, "VXNlcjox", frozenset({"MANAGE_ORDERS"}))
MANAGER = Asker(AskerKind.STAFF, "VXNlcjoy", frozenset({"MANAGE_ORDERS", "MANAGE_SETTINGS"}))


@dataclass
class Room:
    """The shop and its one warehouse."""

    data: Any
    house: Warehouse

    def configure(self, **values: Any) -> None:
        """Switch the plugin on with these settings."""
        self.data.configure_plugin(PLUGIN_ID, active=True, **values)

    def make_shipped(self, *quantities: int, price: int = 1000, **options: Any) -> Order:
        """A paid order with a line of each quantity, every unit shipped."""
        lines = [
            (self.data.make_variant(price=price, stock={self.house: units}), units) for units in quantities
        ]
        order = self.data.make_order(lines, **options)
        items = [ShipItem(line.id, self.house.id, line.quantity) for line in order.lines]
        self.data.shop.fulfill(order.id, items, tracking_number="TRACK-1")
        return self.data.shop.order(order.id)

    def sent_at(self, order: Order, at: datetime) -> None:
        """The order's parcels left the house then."""
        ids = [from_global(parcel.id, "Fulfillment") for parcel in self.data.shop.fulfillments(order.id)]
        self.data.model("order.Fulfillment").objects.filter(pk__in=ids).update(**{CREATED: at})

    def approved(self, order: Order, *quantities: int) -> Return:
        """A return that may come."""
        return approve_return(STAFF, self.request(order, *quantities).pk)

    def request(self, order: Order, *quantities: int) -> Return:
        """Ask for units of the order's lines, the longest first: 3.x does not keep their order."""
        lines = sorted(order.lines, key=lambda line: -line.quantity)
        pairs = zip(lines, quantities, strict=False)
        items = [Item(units, line.id) for line, units in pairs if units]
        return request_return(STAFF, order.id, items)

    def receive(self, rma: Return, *quantities: int) -> Return:
        """Units of the first lines arrive."""
        return receive_parcel(
            STAFF, rma.pk, self.house.id, list(zip(self.keys(rma), quantities, strict=False))
        )

    def inspect(self, rma: Return, *quantities: int, disposition: str = "RESTOCK") -> Return:
        """Units of the first lines are judged."""
        pairs = zip(self.keys(rma), quantities, strict=False)
        return inspect_return(STAFF, rma.pk, [Judgement(key, units, disposition) for key, units in pairs])

    def accepted(self, order: Order, *quantities: int) -> Return:
        """A return whose units all arrived and were accepted."""
        rma = self.request(order, *quantities)
        wanted = [units for units in quantities if units]
        approve_return(STAFF, rma.pk)
        self.receive(rma, *wanted)
        return self.inspect(rma, *wanted)

    def refunded(self, order: Order, *quantities: int) -> Return:
        """The same with its refund decided."""
        rma = self.accepted(order, *quantities)
        refund_return(STAFF, rma.pk)
        return rma

    def keys(self, rma: Return) -> list[UUID]:
        """The return's lines in order."""
        return list(ReturnLine.objects.filter(rma=rma).order_by("position").values_list("pk", flat=True))

    def on_hand(self, order: Order, line: int = 0) -> int:
        """What Saleor says lies in the warehouse of a line's variant."""
        variant = order.lines[line].variant_id
        stocks = self.data.shop.stocks([variant])
        return sum(stock.on_hand for stock in stocks if stock.warehouse_id == self.house.id)

    def payment(self, order: Order) -> Payment:
        """The order's first payment, as Saleor has it."""
        return self.data.shop.payments(order.id)[0]


def make_room() -> Room:
    data = world()
    data.configure_plugin(PLUGIN_ID, active=True)
    return Room(data, data.make_warehouse(country="US", countries=["US"]))


def events(topic: str) -> list[dict[str, Any]]:
    """The data of every event of `topic`, oldest first."""
    return list(Event.objects.filter(topic=topic).order_by("id").values_list("data", flat=True))
