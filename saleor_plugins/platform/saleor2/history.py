"""What Saleor 2.10 itself would take from."""

from __future__ import annotations

from saleor.warehouse.models import Stock

from ..orm import convert
from ..orm.history import OrmHistory


class History2(OrmHistory):
    """`port.History` on Saleor 2.10."""

    def sorting_orders(self) -> dict[str, list[str] | None]:
        # allocate_stock goes through a variant's stocks by key: the oldest first.
        keys = (
            Stock.objects.order_by("warehouse_id", "pk")
            .distinct("warehouse_id")
            .values_list("pk", "warehouse_id")
        )
        return {"": [convert.gid("Warehouse", warehouse) for _, warehouse in sorted(keys)]}
