"""An order as its events tell it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...kernel.ids import to_global
from ..models import PurchaseOrder, PurchaseOrderLine


def describe(order: PurchaseOrder, lines: Sequence[PurchaseOrderLine]) -> dict[str, Any]:
    """The JSON of a ``purchase_order.*`` event; `price` is in minor units of `currency`."""
    return {
        "purchaseOrderId": to_global("PurchaseOrder", order.pk),
        "number": order.number,
        "state": order.state,
        "revision": order.revision,
        "supplierId": to_global("Supplier", order.supplier_id),
        "warehouseId": order.warehouse_id,
        "currency": order.currency,
        "expectedOn": order.expected_on and order.expected_on.isoformat(),
        "lines": [
            {
                "lineId": to_global("PurchaseOrderLine", line.pk),
                "variantId": line.variant_id,
                "sku": line.sku,
                "ordered": line.ordered,
                "received": line.received,
                "price": line.price,
                "expectedOn": line.expected_on and line.expected_on.isoformat(),
            }
            for line in lines
        ],
    }
