"""What packing, printing and tracking need of orders."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from .orders import Order


@dataclass(frozen=True)
class Recipient:
    """Where a parcel goes, with the person: for labels and packing slips alone, never kept or logged.

    `lines` are written as the post of the country wants them: name, company, street, town, country. The
    parts are for carriers that ask for them one by one.
    """

    country: str
    lines: tuple[str, ...]
    name: str = ""
    company: str = ""
    street: tuple[str, ...] = ()
    postal_code: str = ""
    city: str = ""
    country_area: str = ""
    phone: str = ""


class Parcels(Protocol):
    """Orders as those see them who pack and send."""

    def orders_of(self, order_ids: Collection[str]) -> list[Order]:
        """Those of the orders that exist, sorted by id, in constant queries."""

    def order_ids(self, numbers: Collection[str]) -> dict[str, str]:
        """Ids of the orders with these numbers, by number, in constant queries; drafts are left out."""

    def ship_to(self, order_id: str) -> Recipient | None:
        """Whom the order is sent to; None without an address. Raises NotFound (field ``orderId``)."""

    def warehouse_address(self, warehouse_id: str) -> Recipient:
        """Where parcels to a warehouse go, by its company's name or else its own.

        Raises NotFound (field ``warehouseId``).
        """
