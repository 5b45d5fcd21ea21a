"""What Saleor 3.x itself would take from."""

from __future__ import annotations

from saleor.channel import AllocationStrategy
from saleor.channel.models import Channel
from saleor.warehouse.models import ChannelWarehouse

from ..orm import convert
from ..orm.history import OrmHistory


class History3(OrmHistory):
    """`port.History` on Saleor 3.x."""

    channel_field = "channel__slug"

    def sorting_orders(self) -> dict[str, list[str] | None]:
        found: dict[str, list[str]] = {}
        # The model's own order is the merchant's.
        for slug, warehouse in ChannelWarehouse.objects.values_list("channel__slug", "warehouse_id"):
            found.setdefault(slug, []).append(convert.gid("Warehouse", warehouse))
        fullest = Channel.objects.filter(allocation_strategy=AllocationStrategy.PRIORITIZE_HIGH_STOCK)
        return {**found, **dict.fromkeys(fullest.values_list("slug", flat=True))}
