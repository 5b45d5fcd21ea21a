"""Order by hand: lines that a person wants, in the draft for their supplier and warehouse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction

from ...delivery import emit
from ...kernel.errors import Invalid, NotFound, Required
from ...kernel.ids import to_global
from ...platform import shop
from ..domain.edits import check_quantity
from ..domain.supplier import Terms
from ..models import PurchaseOrder
from ..store import catalogue, locks, orders
from .amounts import checked_currency
from .order_lines import Wanted, find_goods, put_into_draft, terms_of


def create_order(
    supplier_id: UUID, warehouse_id: str, wanted: Sequence[Wanted], *, currency: str = ""
) -> PurchaseOrder:
    """Put `wanted` into the draft for the supplier, warehouse and currency, which is made if there is none.

    No run changes or removes such lines. Raises NotFound (``supplierId``, ``warehouseId``,
    ``lines.i.variantId``), Invalid (``supplierId`` when it is switched off, ``lines.i.quantity``,
    ``lines.i.variantId``, ``lines.i.price``, ``currency``), Required (``lines``, ``lines.i.price``,
    ``currency`` where the catalogue does not tell).
    """
    supplier = catalogue.supplier(supplier_id)
    if not supplier.active:
        raise Invalid("This supplier is switched off.", field="supplierId")
    if warehouse_id not in {house.id for house in shop().warehouses()}:
        raise NotFound("There is no such warehouse.", field="warehouseId")
    _check(wanted)
    goods = find_goods(list(enumerate(wanted)))
    terms = terms_of(supplier_id, [each.variant.id for each in goods])
    currency = checked_currency(currency) if currency else _currency(terms)
    with transaction.atomic():
        locks.take("suggest")
        order = orders.open_draft(supplier_id, warehouse_id, currency)
        put_into_draft(order, goods, terms)
        data = {"purchaseOrderId": to_global("PurchaseOrder", order.pk), "number": order.number}
        emit("purchase_order.proposed", data, key=str(order.pk))
    return order


def _check(wanted: Sequence[Wanted]) -> None:
    if not wanted:
        raise Required("Name at least one variant.", field="lines")
    named: set[str] = set()
    for index, want in enumerate(wanted):
        if want.variant_id in named:
            raise Invalid("This variant is named twice.", field=f"lines.{index}.variantId")
        named.add(want.variant_id)
        check_quantity(want.quantity, index)


def _currency(terms: Mapping[str, Terms]) -> str:
    found = {each.currency for each in terms.values()}
    if len(found) != 1:
        raise Required("The supplier's catalogue does not tell the currency: name it.", field="currency")
    return found.pop()
