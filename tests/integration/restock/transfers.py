"""Two warehouses of one shop, and goods that go from one to the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from saleor_plugins.platform.port import Variant, Warehouse
from saleor_plugins.restock.models import Transfer, TransferLine
from saleor_plugins.restock.settings import PLUGIN_ID
from saleor_plugins.restock.usecases.approve_transfer import approve_transfer
from saleor_plugins.restock.usecases.create_transfer import Wanted, create_transfer
from saleor_plugins.restock.usecases.ship_transfer import ship_transfer
from tests.shopdata import world


@dataclass
class Lane:
    """A source with goods and an empty target."""

    data: Any
    source: Warehouse
    target: Warehouse
    goods: list[Variant] = field(default_factory=list)

    def stock(self, *units: int) -> list[Variant]:
        """Variants with so many units at the source."""
        made = [self.data.make_variant(stock={self.source: count}) for count in units]
        self.goods += made
        return made

    def draft(self, wanted: Mapping[Variant, int] | None = None) -> Transfer:
        """A draft by hand; of ten of a new variant, of which twelve are there, unless given."""
        wanted = wanted or {self.stock(12)[0]: 10}
        lines = [Wanted(variant.id, count) for variant, count in wanted.items()]
        return create_transfer(self.source.id, self.target.id, lines)

    def approved(self, wanted: Mapping[Variant, int] | None = None) -> Transfer:
        return approve_transfer(self.draft(wanted).pk)

    def shipped(self, wanted: Mapping[Variant, int] | None = None) -> Transfer:
        transfer = self.approved(wanted)
        ship_transfer(transfer.pk, "waybill")
        return now(transfer)

    def promise(self, variant: Variant, units: int) -> Any:
        """An order that holds units at the source."""
        return self.data.make_order([(variant, units)], allocate={self.source: units}, paid=False)

    def on_hand(self, variant: Variant) -> tuple[int, int]:
        """Units at the source and at the target."""
        found = {stock.warehouse_id: stock.on_hand for stock in self.data.shop.stocks([variant.id])}
        return found.get(self.source.id, 0), found.get(self.target.id, 0)


def now(transfer: Transfer) -> Transfer:
    return Transfer.objects.get(pk=transfer.pk)


def lines(transfer: Transfer) -> list[TransferLine]:
    return list(TransferLine.objects.filter(transfer=transfer).order_by("pk"))


def make_lane() -> Lane:
    """A fresh one, the plugin switched on."""
    data = world()
    data.configure_plugin(PLUGIN_ID, active=True)
    ends = [data.make_warehouse(country="US", countries=["US"]) for _ in range(2)]
    return Lane(data, *ends)
