"""The goods of a delivery: what goes into stock, and what came otherwise than ordered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ...kernel.errors import Invalid, NotFound, Required
from ...platform import shop
from ...platform.port import Variant
from ..domain.arrivals import Booked
from ..domain.order import MAX_UNITS, Arrival, Line
from ..models import Discrepancy, PurchaseOrderLine, Receipt, StockMovement
from ..store import receipts

MAX_SKU = 255


@dataclass(frozen=True)
class Unordered:
    """Goods that nobody ordered, named by variant or by SKU; put into stock all the same with `stock`."""

    quantity: int
    variant_id: str = ""
    sku: str = ""
    stock: bool = False


@dataclass(frozen=True)
class _Goods:
    """Units on their way into stock: `field` names them in an error."""

    variant_id: str
    units: int
    field: str
    line: PurchaseOrderLine | None = None
    discrepancy: Discrepancy | None = None


def as_line(row: PurchaseOrderLine) -> Line:
    """The row as the domain sees it."""
    return Line(str(row.pk), row.variant_id, row.ordered, row.received, row.tolerance, row.open)


def check_unordered(
    unordered: Sequence[Unordered], rows: Iterable[PurchaseOrderLine]
) -> list[tuple[Unordered, Variant | None]]:
    """The goods with their variants; None for an unknown SKU that is only noted.

    Raises for goods i Required or Invalid (``unordered.i.sku``), Invalid (``unordered.i.quantity``,
    ``unordered.i.variantId`` for what is named twice or is ordered after all), NotFound.
    """
    by_sku = shop().variants_of_skus([goods.sku for goods in unordered if goods.sku]) if unordered else {}
    ids = [goods.variant_id for goods in unordered if goods.variant_id]
    by_id = {variant.id: variant for variant in shop().variants(ids)} if ids else {}
    ordered = {row.variant_id for row in rows}
    found: list[tuple[Unordered, Variant | None]] = []
    named: set[str] = set()
    for index, goods in enumerate(unordered):
        at = f"unordered.{index}"
        if bool(goods.sku) == bool(goods.variant_id) or len(goods.sku) > MAX_SKU:
            raise Required("Name the goods by variantId or by sku, by one of them.", field=f"{at}.sku")
        if not 1 <= goods.quantity <= MAX_UNITS:
            raise Invalid(f"Must be from 1 to {MAX_UNITS}.", field=f"{at}.quantity")
        field = f"{at}.{'sku' if goods.sku else 'variantId'}"
        variant = by_sku.get(goods.sku) if goods.sku else by_id.get(goods.variant_id)
        if variant is None and (goods.stock or goods.variant_id):
            raise NotFound("There is no such variant, so it cannot go into stock.", field=field)
        key = variant.id if variant else goods.sku
        if key in ordered:
            raise Invalid("This order has a line of it: book it there.", field=field)
        if key in named:
            raise Invalid("These goods are named twice.", field=field)
        named.add(key)
        found.append((goods, variant))
    return found


def book_goods(
    receipt: Receipt,
    rows: Mapping[str, PurchaseOrderLine],
    arrivals: Sequence[Arrival],
    booked: Booked,
    strays: Sequence[tuple[Unordered, Variant | None]],
) -> list[StockMovement]:
    """Write the receipt, what came otherwise than ordered, Saleor's stock and the ledger beside it."""
    goods: list[_Goods] = []
    odd: list[Discrepancy] = []
    for index, arrival in enumerate(arrivals):
        line, over = rows[arrival.line_id], booked.over.get(arrival.line_id, 0)
        field = f"lines.{index}.lineId"
        if arrival.quantity > over:
            goods.append(_Goods(line.variant_id, arrival.quantity - over, field, line=line))
        if over:
            odd.append(_odd(receipt, "OVER", over, over, line.variant_id, line.sku, line))
            goods.append(_Goods(line.variant_id, over, field, discrepancy=odd[-1]))
        if arrival.damaged:
            odd.append(_odd(receipt, "DAMAGED", arrival.damaged, 0, line.variant_id, line.sku, line))
    for index, (stray, variant) in enumerate(strays):
        key, sku = (variant.id, variant.sku) if variant else ("", stray.sku)
        odd.append(_odd(receipt, "WRONG", stray.quantity, stray.quantity if stray.stock else 0, key, sku))
        if stray.stock:
            goods.append(_Goods(key, stray.quantity, f"unordered.{index}.variantId", discrepancy=odd[-1]))
    movements = _move_stock(receipt, goods)
    receipts.book(receipt, odd, movements)
    return movements


def _odd(
    receipt: Receipt,
    kind: str,
    quantity: int,
    stocked: int,
    variant_id: str,
    sku: str,
    line: PurchaseOrderLine | None = None,
) -> Discrepancy:
    return Discrepancy(
        order=receipt.order,
        receipt=receipt,
        line=line,
        kind=kind,
        variant_id=variant_id,
        sku=sku,
        quantity=quantity,
        stocked=stocked,
        at=receipt.at,
    )


def _move_stock(receipt: Receipt, goods: Sequence[_Goods]) -> list[StockMovement]:
    """Put the units into Saleor's stock, which is locked in its order first: two receipts cannot deadlock."""
    movements = []
    total = _in_shop({each.variant_id for each in goods})
    for each in sorted(goods, key=lambda each: each.variant_id):
        try:
            stock = shop().move_stock(each.variant_id, receipt.order.warehouse_id, each.units)
        except NotFound as error:
            field = "id" if error.field == "warehouseId" else each.field
            raise NotFound(f"Saleor no longer has it: {error.message}", field=field) from error
        total[each.variant_id] += each.units
        line = each.line or (each.discrepancy.line if each.discrepancy else None)
        movements.append(
            StockMovement(
                receipt=receipt,
                line=each.line,
                discrepancy=each.discrepancy,
                variant_id=each.variant_id,
                warehouse_id=receipt.order.warehouse_id,
                quantity=each.units,
                on_hand_after=stock.on_hand,
                total_after=total[each.variant_id],
                unit_cost=line.price if line else None,
                currency=receipt.order.currency if line else "",
                at=receipt.at,
            )
        )
    return movements


def _in_shop(variant_ids: set[str]) -> Counter[str]:
    """Units on hand in all warehouses, their rows locked in id order."""
    total: Counter[str] = Counter()
    for stock in shop().stocks(variant_ids, lock=True):
        total[stock.variant_id] += stock.on_hand
    return total
