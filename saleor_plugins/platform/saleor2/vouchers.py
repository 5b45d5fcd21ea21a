"""Which lines of an order a voucher for certain products was for: 2.10 keeps only its amount."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from prices import Money
from saleor.discount import VoucherType
from saleor.discount.models import Voucher
from saleor.product.models import Product

from ..orm import convert
from ..orm.stocks import Row

COLUMN = "voucher_weight"


def weigh(heads: Sequence[Row], lines: Mapping[Any, Sequence[Row]]) -> None:
    """Give each line of such orders what the voucher takes off it, as Saleor's checkout does, in minor units.

    Three queries or so, however many orders; none where no order has such a voucher.
    """
    mine = [head for head in heads if head["voucher__type"] == VoucherType.SPECIFIC_PRODUCT]
    if not mine:
        return
    wanted = Voucher.objects.prefetch_related("products", "categories", "collections")
    vouchers = wanted.in_bulk({head["voucher_id"] for head in mine})
    products = {line["variant__product_id"] for head in mine for line in lines[head["pk"]]}
    collections: dict[Any, set[Any]] = {}
    through = Product.collections.through.objects.filter(product_id__in=products - {None})
    for product, collection in through.values_list("product_id", "collection_id"):
        collections.setdefault(product, set()).add(collection)
    for head in mine:
        if voucher := vouchers.get(head["voucher_id"]):
            _weigh(voucher, head["currency"], lines[head["pk"]], collections)


def _weigh(voucher: Any, currency: str, lines: Sequence[Row], collections: Mapping[Any, set[Any]]) -> None:
    named = [{row.pk for row in rows.all()} for rows in (voucher.products, voucher.categories)]
    in_collections = {row.pk for row in voucher.collections.all()}
    all_goods = not (named[0] or named[1] or in_collections)
    meant = [
        line
        for line in lines
        if all_goods
        or line["variant__product_id"] in named[0]
        or line["variant__product__category_id"] in named[1]
        or in_collections & collections.get(line["variant__product_id"], set())
    ]
    if voucher.apply_once_per_order:
        meant = sorted(meant, key=lambda line: line["unit_price_gross_amount"])[:1]
    for line in meant:
        off = voucher.get_discount_amount_for(Money(line["unit_price_gross_amount"], currency)).amount
        units = 1 if voucher.apply_once_per_order else line["quantity"]
        line[COLUMN] = convert.minor(off * units, currency)
