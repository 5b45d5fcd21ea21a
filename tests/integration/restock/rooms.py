"""A shop with a supplier: the smallest world in which something can be reordered."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from saleor_plugins.delivery.models import Event
from saleor_plugins.kernel import clock
from saleor_plugins.platform.port import Variant, Warehouse
from saleor_plugins.restock.models import PurchaseOrder, PurchaseOrderLine, Supplier, SupplierItem
from saleor_plugins.restock.settings import PLUGIN_ID
from saleor_plugins.restock.usecases.approve_order import approve_order
from saleor_plugins.restock.usecases.suggest import suggest
from saleor_plugins.restock.usecases.suppliers import (
    Offer,
    create_supplier,
    set_reorder_policy,
    set_supplier_item,
)
from tests.shopdata import world


@dataclass
class Room:
    """The shop, its one warehouse and its one supplier."""

    data: Any
    house: Warehouse
    supplier: Supplier
    low: list[Variant] = field(default_factory=list)

    def configure(self, **values: Any) -> None:
        """Switch the plugin on with these settings."""
        self.data.configure_plugin(PLUGIN_ID, active=True, **values)

    def sells(self, variant: Variant, price: str = "4.00", **terms: Any) -> SupplierItem:
        """The supplier offers the variant."""
        supplier = terms.pop("supplier", self.supplier)
        return set_supplier_item(supplier.pk, variant.id, Offer(price, terms.pop("currency", "USD"), **terms))

    def make_low(self, stock: int = 2, minimum: int = 20, **terms: Any) -> Variant:
        """A variant below its minimum, without any sales, that the supplier sells."""
        variant = self.data.make_variant(stock={self.house: stock})
        self.sells(variant, **terms)
        set_reorder_policy(variant.id, None, minimum)
        self.low.append(variant)
        return variant

    def make_draft(self, *needs: int) -> PurchaseOrder:
        """A proposed order with a line for each need."""
        ids = [self.make_low(0, need).id for need in needs]
        (order_id,) = suggest(variant_ids=ids).order_ids
        return PurchaseOrder.objects.get(pk=order_id)

    def make_approved(self, *needs: int) -> tuple[PurchaseOrder, list[PurchaseOrderLine]]:
        """An approved order and its lines, in the order of the needs."""
        order = approve_order(self.make_draft(*needs).pk)
        lines = {line.variant_id: line for line in order.lines.all()}
        return order, [lines[variant.id] for variant in self.low[-len(needs) :]]

    def on_hand(self, variant_id: str, house: Warehouse | None = None) -> int:
        """What Saleor says lies in the warehouse."""
        where = (house or self.house).id
        return sum(s.on_hand for s in self.data.shop.stocks([variant_id]) if s.warehouse_id == where)

    def sell_daily(self, variant: Variant, units: int, days: int = 60) -> None:
        """The same units were sold at noon on each of the last days, not today."""
        for back in range(1, days + 1):
            self.data.make_sale(variant, units, clock.now() - timedelta(days=back))


def make_room() -> Room:
    """A fresh one, the plugin switched on."""
    data = world()
    data.configure_plugin(PLUGIN_ID, active=True)
    house = data.make_warehouse(country="US", countries=["US"])
    return Room(data, house, create_supplier("Acme"))


def events(topic: str) -> list[dict[str, Any]]:
    """The data of every event of `topic`, oldest first."""
    return list(Event.objects.filter(topic=topic).order_by("id").values_list("data", flat=True))
