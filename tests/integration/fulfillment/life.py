"""What shoppers and staff do to an order in Saleor itself, where the router is not asked."""

from __future__ import annotations

from typing import Any

from django.apps import apps

from saleor_plugins.delivery.models import Event
from saleor_plugins.fulfillment.models import PlannedParcel
from saleor_plugins.kernel.ids import from_global


def saleor_order(order: Any) -> Any:
    """Saleor's row of an order."""
    return apps.get_model("order.Order").objects.get(pk=from_global(order.id, "Order"))


def change_address(order: Any, **values: Any) -> None:
    """Staff edits where the order goes."""
    address = saleor_order(order).shipping_address
    for name, value in values.items():
        setattr(address, name, value)
    address.save()


def change_line(order: Any, quantity: int, line: int = 0) -> None:
    """Staff edits a line's quantity, with nothing but the line changed."""
    rows = apps.get_model("order.OrderLine").objects
    rows.filter(pk=from_global(order.lines[line].id, "OrderLine")).update(quantity=quantity)


def delete_order(order: Any) -> None:
    """An unpaid order is gone."""
    row = saleor_order(order)
    row.lines.all().delete()
    row.delete()


def topics(order_id: str) -> list[str]:
    """Topics of the events about an order, oldest first."""
    rows = Event.objects.filter(data__orderId=order_id).order_by("pk")
    return list(rows.values_list("topic", flat=True))


def planned(order_id: str) -> set[str]:
    """Warehouses that are planned to send the order a parcel."""
    return set(PlannedParcel.objects.filter(order_id=order_id).values_list("warehouse_id", flat=True))
