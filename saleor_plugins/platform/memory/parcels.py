"""What packing, printing and tracking need of orders, in memory."""

from __future__ import annotations

from collections.abc import Collection

from ..port import Address, Order, OrderStatus, Recipient
from ..sorting import by_id
from .orders import OrdersInMemory
from .state import found


class ParcelsInMemory(OrdersInMemory):
    """`port.Parcels`; recipients have no names here."""

    def orders_of(self, order_ids: Collection[str]) -> list[Order]:
        with self._lock:
            rows = [self.state.orders[key] for key in set(order_ids) if key in self.state.orders]
        return sorted(rows, key=lambda row: by_id(row.id))

    def order_ids(self, numbers: Collection[str]) -> dict[str, str]:
        never = (OrderStatus.DRAFT, OrderStatus.EXPIRED)
        with self._lock:
            rows = [row for row in self.state.orders.values() if row.status not in never]
        return {row.number: row.id for row in rows if row.number in set(numbers)}

    def ship_to(self, order_id: str) -> Recipient | None:
        address = self.order(order_id).shipping_address
        return _recipient(address) if address else None

    def warehouse_address(self, warehouse_id: str) -> Recipient:
        with self._lock:
            row = found(self.state.warehouses, warehouse_id, "warehouseId")
        return _recipient(row.address, row.name)


def _recipient(address: Address, company: str = "") -> Recipient:
    town = f"{address.postal_code} {address.city}".strip()
    parts = (company, address.street, town, address.country_area, address.country)
    return Recipient(
        address.country,
        tuple(part for part in parts if part),
        company=company,
        street=(address.street,) if address.street else (),
        postal_code=address.postal_code,
        city=address.city,
        country_area=address.country_area,
    )
