"""A year of sales, as a shop has them that has been selling; runs inside Saleor's environment.

    python -m devshop.year 364 24

Fulfilled orders of one line each, bought in the Americas, for variants that track stock. Every variant sells
in its own way: steadily, in bunches, rising, falling, or by the week. The same year every time, but for
its dates.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

BATCH = 1_000
COUNTRY = "US"
# Days that what lies there would last: some variants are short of stock, some have plenty of it.
LASTS = (3, 6, 10, 15, 30, 60, 120, 400)
# Nobody sells more a day than this, however much lies there.
MOST = 3.0


@dataclass(frozen=True)
class Seller:
    """A variant, its price, and how much of it sells a day in the middle of the year."""

    variant: Any
    price: Decimal
    rate: float
    way: int

    def pace(self, day: int, days: int) -> float:
        """Units expected on day `day` of `days`."""
        part = day / days
        shapes = (1.0, 1.0, 0.4 + 1.2 * part, 1.6 - 1.2 * part, 1.8 if day % 7 in (4, 5) else 0.7)
        return self.rate * shapes[self.way]

    def sold(self, dice: random.Random, day: int, days: int) -> int:
        """Units of a day; those who sell in bunches sell seldom and then more."""
        pace = self.pace(day, days)
        if self.way == 1:
            return dice.randint(2, 6) if dice.random() < pace / 4 else 0
        units, left = 0, dice.expovariate(1.0)
        while left < pace:
            units, left = units + 1, left + dice.expovariate(1.0)
        return units


def main() -> None:
    """Write the orders and say how many."""
    days, variants = (int(each) for each in sys.argv[1:])
    import django

    django.setup()
    from django.db import transaction

    dice = random.Random(364)
    with transaction.atomic():
        sellers = _sellers(variants)
        orders = sum(_write(batch) for batch in _batches(_sales(sellers, days, dice)))
    print(f"{orders} orders of {len(sellers)} variants in {days} days")


def _sellers(count: int) -> list[Seller]:
    from django.db.models import Sum
    from saleor.product.models import ProductVariant

    rows = ProductVariant.objects.filter(
        track_inventory=True, product__product_type__is_shipping_required=True
    )
    rows = rows.annotate(there=Sum("stocks__quantity")).filter(there__gt=0).select_related("product")
    sellers = []
    for place, row in enumerate(rows.order_by("pk")[:count]):
        rate = min(row.there / LASTS[place % len(LASTS)], MOST)
        sellers.append(Seller(row, _price(row), rate, place % 5))
    return sellers


def _price(row: Any) -> Decimal:
    """What a unit sells for: 3.x has prices per channel."""
    if hasattr(row, "channel_listings"):
        listing = row.channel_listings.exclude(price_amount=None).order_by("pk").first()
        return listing.price_amount if listing else Decimal(10)
    return row.product.price_amount


def _sales(sellers: list[Seller], days: int, dice: random.Random) -> Iterator[tuple[Seller, int, datetime]]:
    from django.utils import timezone

    noon = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)
    for day in range(days):
        at = noon - timedelta(days=days - day)
        for seller in sellers:
            left = seller.sold(dice, day, days)
            while left:
                units = min(left, dice.randint(1, 3))
                left -= units
                yield seller, units, at + timedelta(minutes=dice.randint(-600, 600))


def _batches(sales: Iterator[Any]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for sale in sales:
        batch.append(sale)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _write(sales: list[tuple[Seller, int, datetime]]) -> int:
    from saleor.order.models import Order, OrderLine

    orders = Order.objects.bulk_create(list(_orders(sales)))
    OrderLine.objects.bulk_create(
        _line(order, seller, units) for order, (seller, units, _) in zip(orders, sales, strict=True)
    )
    return len(orders)


def _orders(sales: list[tuple[Seller, int, datetime]]) -> Iterator[Any]:
    from django.db import connection
    from saleor.account.models import Address
    from saleor.order.models import Order

    where, _ = Address.objects.get_or_create(
        city="Chicago", country=COUNTRY, postal_code="60606", street_address_1="233 S Wacker Dr"
    )
    common: dict[str, Any] = {"status": "fulfilled", "currency": "USD", "shipping_address": where}
    created, numbers = "created", [None] * len(sales)
    if _has_field(Order, "channel"):
        from saleor.channel.models import Channel

        channel = Channel.objects.order_by("pk").first()
        common |= {"channel": channel, "lines_count": 1, "origin": "checkout", "should_refresh_prices": False}
        created = "created_at"
        with connection.cursor() as cursor:
            ask = "SELECT nextval('order_order_number_seq') FROM generate_series(1, %s)"
            cursor.execute(ask, [len(sales)])
            numbers = [row[0] for row in cursor.fetchall()]
    for number, (seller, units, at) in zip(numbers, sales, strict=True):
        total = seller.price * units
        own = {"number": number} if number else {"token": uuid4().hex}
        yield Order(**common, **own, **{created: at}, total_net_amount=total, total_gross_amount=total)


def _line(order: Any, seller: Seller, units: int) -> Any:
    from saleor.order.models import OrderLine

    row = seller.variant
    money: dict[str, Any] = {"unit_price_net_amount": seller.price, "unit_price_gross_amount": seller.price}
    if _has_field(OrderLine, "total_price_net_amount"):
        total = seller.price * units
        money |= {"total_price_net_amount": total, "total_price_gross_amount": total, "is_gift_card": False}
    return OrderLine(
        order=order,
        variant=row,
        product_name=row.product.name,
        variant_name=row.name,
        product_sku=row.sku,
        is_shipping_required=True,
        quantity=units,
        quantity_fulfilled=units,
        currency="USD",
        tax_rate=Decimal(0),
        **money,
    )


def _has_field(model: Any, name: str) -> bool:
    return any(field.name == name for field in model._meta.get_fields())


if __name__ == "__main__":
    main()
