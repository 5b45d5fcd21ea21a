"""Lines that a person puts into an order: what they are and what they cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from ...kernel.errors import Invalid, NotFound, Required
from ...platform import shop
from ...platform.port import Variant
from ..domain.breaks import price_of
from ..domain.supplier import Terms
from ..models import PurchaseOrder, PurchaseOrderLine
from ..store import catalogue, orders
from .amounts import amount_of


@dataclass(frozen=True)
class Wanted:
    """Units of a variant that somebody wants ordered; `price` as text, None is the catalogue's."""

    variant_id: str
    quantity: int
    price: str | None = None


@dataclass(frozen=True)
class Goods:
    """A wanted variant as Saleor knows it; `index` is its place in the request."""

    index: int
    variant: Variant
    quantity: int
    price: str | None


def find_goods(wanted: Sequence[tuple[int, Wanted]]) -> list[Goods]:
    """The variants by their place in the request. Raises NotFound (``lines.i.variantId``)."""
    known = {variant.id: variant for variant in shop().variants([want.variant_id for _, want in wanted])}
    for index, want in wanted:
        if want.variant_id not in known:
            raise NotFound("There is no such variant.", field=f"lines.{index}.variantId")
    return [Goods(index, known[want.variant_id], want.quantity, want.price) for index, want in wanted]


def terms_of(supplier_id: UUID, variant_ids: Iterable[str]) -> dict[str, Terms]:
    """What this supplier's catalogue says of the variants."""
    offers = catalogue.offers(list(variant_ids), 0)
    own = {
        key: [each for each in rows if each.supplier_id == str(supplier_id)] for key, rows in offers.items()
    }
    return {key: rows[0] for key, rows in own.items() if rows}


def price(goods: Goods, terms: Terms | None, currency: str) -> int:
    """The price of a unit: as typed, else the catalogue's for that quantity.

    Raises Invalid, or Required where the catalogue has none in `currency` (``lines.i.price``).
    """
    field = f"lines.{goods.index}.price"
    if goods.price is not None:
        return amount_of(goods.price, currency, field)
    if terms is None or terms.currency != currency:
        raise Required(f"The supplier's catalogue has no price in {currency}: name one.", field=field)
    return price_of(terms.prices, goods.quantity)


def repriced(line: PurchaseOrderLine, quantity: int, terms: Terms | None, currency: str) -> int:
    """The price when the quantity changes: the catalogue's for it, unless the line has a price of its own."""
    if terms is None or terms.currency != currency or line.price != price_of(terms.prices, line.ordered):
        return line.price
    return price_of(terms.prices, quantity)


def put_into_draft(order: PurchaseOrder, goods: Sequence[Goods], terms: Mapping[str, Terms]) -> None:
    """Put lines made by a person into a draft; what a run proposed of the same variants becomes theirs.

    Needs the lock of the drafts. Raises Invalid (``lines.i.variantId``) for what a person put into a draft
    already, and what `price` refuses.
    """
    taken = orders.draft_lines([each.variant.id for each in goods], order.warehouse_id)
    new: list[PurchaseOrderLine] = []
    again: list[PurchaseOrderLine] = []
    for each in goods:
        line = taken.get(each.variant.id)
        if line is not None and line.by_hand:
            raise Invalid(
                f"Draft {line.order.number} has a line of it: change that one.",
                field=f"lines.{each.index}.variantId",
            )
        (new if line is None else again).append(fill(line, order, each, terms.get(each.variant.id)))
    orders.add_lines(new)
    orders.save_lines(again, ["order", "ordered", "price", "sku", "supplier_sku", "name", "by_hand"])
    orders.drop_lines([])


def fill(
    line: PurchaseOrderLine | None, order: PurchaseOrder, goods: Goods, terms: Terms | None
) -> PurchaseOrderLine:
    """The line of `order` for the goods, made by a person; not stored yet."""
    line = line or PurchaseOrderLine(variant_id=goods.variant.id, warehouse_id=order.warehouse_id)
    line.order, line.by_hand = order, True
    line.ordered, line.price = goods.quantity, price(goods, terms, order.currency)
    line.sku, line.supplier_sku = goods.variant.sku, terms.supplier_sku if terms else ""
    names = (goods.variant.product_name, goods.variant.name)
    line.name = " – ".join(part for part in names if part)[:400]
    return line
