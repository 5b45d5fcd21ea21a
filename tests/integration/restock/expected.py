"""A shop with sold-out variants and suppliers that owe them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date
from typing import Any

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.ids import from_global
from saleor_plugins.platform.port import Variant, Warehouse
from saleor_plugins.restock.models import PurchaseOrder, PurchaseOrderLine, Supplier, SupplierItem
from saleor_plugins.restock.settings import PLUGIN_ID
from saleor_plugins.restock.usecases.approve_order import approve_order
from saleor_plugins.restock.usecases.expected_back import KEY
from tests.saleorworld import THREE

from .test_api import ask
from .transfers import Lane, make_lane

_numbers = itertools.count(90_000)


@dataclass
class Door:
    """What a visitor of the shop sees."""

    lane: Lane

    @property
    def data(self) -> Any:
        return self.lane.data

    @property
    def source(self) -> Warehouse:
        return self.lane.source

    @property
    def target(self) -> Warehouse:
        return self.lane.target

    def configure(self, **values: Any) -> None:
        self.data.configure_plugin(PLUGIN_ID, active=True, **values)

    def sold_out(self) -> Variant:
        return self.data.make_variant(stock={self.source: 0, self.target: 0})

    def owe(
        self,
        variant: Variant,
        units: int,
        *,
        on: date | None = None,
        house: Warehouse | None = None,
        supplier_days: int | None = None,
        item_days: int | None = None,
        approve: bool = True,
    ) -> PurchaseOrder:
        """An approved order to a new supplier."""
        number, where = next(_numbers), (house or self.source).id
        supplier = Supplier.objects.create(name=f"S{number}", lead_days=supplier_days, created=clock.now())
        SupplierItem.objects.create(
            supplier=supplier, variant_id=variant.id, price=100, currency="USD", lead_days=item_days
        )
        order = PurchaseOrder.objects.create(
            number=number, supplier=supplier, warehouse_id=where, currency="USD", created=clock.now()
        )
        # The run drafts a variant once for each warehouse, so the draft must be gone before the next.
        PurchaseOrderLine.objects.create(
            order=order, variant_id=variant.id, warehouse_id=where, price=100, ordered=units
        )
        if approve:
            approve_order(order.pk)
        if on or approve:
            PurchaseOrder.objects.filter(pk=order.pk).update(
                expected_on=on, approved_at=clock.now() if approve else None
            )
            PurchaseOrderLine.objects.filter(order=order).update(expected_on=None)
        return order

    def sell(self, variant: Variant, units: int) -> Any:
        """An order that holds units at the source."""
        return self.data.make_order([(variant, units)], allocate={self.source: units}, paid=False)

    def oversell(self, variant: Variant, units: int) -> None:
        """Orders were promised units at the source that are not there."""
        self.data.set_stock(variant, self.source, units)
        self.sell(variant, units)
        self.data.set_stock(variant, self.source, 0)

    def elsewhere(self, variant: Variant) -> Warehouse:
        """Another channel that sells the variant from a warehouse of its own, where there is none."""
        house = self.data.make_warehouse(channels=["elsewhere"])
        self.data.set_stock(variant, house, 0)
        other = self.data.make_channel("elsewhere")
        for name, field in (("Product", "product_id"), ("ProductVariant", "variant_id")):
            rows = self.data.model(f"product.{name}ChannelListing").objects
            key = variant.product_id if name == "Product" else variant.id
            row = rows.get(**{field: from_global(key, name)})
            row.pk, row.channel = None, other
            row.save()
        return house

    def no_shipping(self, house: Warehouse) -> None:
        """The warehouse ships nowhere."""
        key = from_global(house.id, "Warehouse")
        self.data.model("warehouse.Warehouse").objects.get(pk=key).shipping_zones.clear()

    def metadata(self, variant: Variant) -> dict[str, str]:
        return dict(self.data.shop.variant_metadata([variant.id])[variant.id])

    def said(self, variant: Variant) -> str | None:
        """What the variant's metadata says."""
        return self.metadata(variant).get(KEY)

    def day(self, variant: Variant, channel: str = "default", *, country: str = "") -> str | None:
        """What a visitor is told."""
        query = (
            "query($id: ID!, $channel: String, $country: String)"
            " { expectedBack(variantIds: [$id], channel: $channel, country: $country) { day } }"
        )
        slug = channel if THREE else None
        answer = ask(None, query, id=variant.id, channel=slug, country=country or None)
        (row,) = answer["data"]["expectedBack"]
        return row["day"]


def make_door() -> Door:
    """A fresh one."""
    return Door(make_lane())
