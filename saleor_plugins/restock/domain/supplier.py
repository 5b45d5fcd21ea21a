"""Who to buy a variant from."""

from __future__ import annotations

from dataclasses import dataclass

from .breaks import Break


@dataclass(frozen=True)
class Terms:
    """One line of a supplier's catalogue: `price` in minor units of `currency` for one unit.

    `breaks` are what more units cost, without the price of one. `supplier_minimum` is the least value of an
    order to this supplier, in minor units of `minimum_currency`; 0 for none.
    """

    item_id: str
    supplier_id: str
    supplier: str
    price: int
    currency: str
    moq: int = 1
    pack: int = 1
    lead_days: int = 0
    breaks: tuple[Break, ...] = ()
    supplier_sku: str = ""
    supplier_minimum: int = 0
    minimum_currency: str = ""

    @property
    def prices(self) -> tuple[Break, ...]:
        """Every price by quantity, as ``breaks.price_of`` and ``breaks.choose`` take them."""
        return (Break(1, self.price), *self.breaks)
