"""Orders the desk has met: what was paid for each line, and where its units are."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from .fields import count, minor, rule, saleor_id


class OrderLedger(models.Model):
    """An order the desk has met: its shipping cost, frozen, and the lock everything about it takes.

    `review` says why a person must look before money can be computed; "" when nothing is wrong. An order
    that an exchange made was paid with `exchange_credit`, which the payments of `origin` still hold.
    The keys tell who, where to and what paid, so that equals can be found and nobody be read from them.
    """

    order_id = saleor_id(primary_key=True)
    number = models.CharField(max_length=100)
    currency = models.CharField(max_length=3)
    user_id = saleor_id(blank=True, default="")
    country = models.CharField(max_length=2, blank=True, default="")
    channel = models.CharField(max_length=250, blank=True, default="")
    ordered = models.DateTimeField(null=True)
    customer_key = models.CharField(max_length=64, blank=True, default="", db_index=True)
    address_key = models.CharField(max_length=64, blank=True, default="", db_index=True)
    payment_key = models.CharField(max_length=64, blank=True, default="", db_index=True)
    origin = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="exchanges")
    exchange_credit = minor()
    shipping_net = minor()
    shipping_tax = minor()
    shipping_credited_net = minor()
    shipping_credited_tax = minor()
    returns = count()
    refunds = count()
    review = models.CharField(max_length=200, blank=True, default="")
    created = models.DateTimeField()

    class Meta:
        constraints = [
            rule(
                "shipping_within_paid",
                Q(shipping_credited_net__gte=0, shipping_credited_net__lte=F("shipping_net"))
                & Q(shipping_credited_tax__gte=0, shipping_credited_tax__lte=F("shipping_tax")),
            ),
            rule("exchange_origin", Q(exchange_credit=0) | Q(exchange_credit__gt=0, origin__isnull=False)),
        ]


class ReturnableLine(models.Model):
    """One line of an order: what was paid for its `sold` units, and where they are."""

    order_line_id = saleor_id(primary_key=True)
    order = models.ForeignKey(OrderLedger, on_delete=models.PROTECT, related_name="lines")
    variant_id = saleor_id(blank=True, default="")
    product_id = saleor_id(blank=True, default="")
    category_id = saleor_id(blank=True, default="")
    sku = models.CharField(max_length=255, blank=True, default="")
    name = models.CharField(max_length=500, blank=True, default="")
    tracks_stock = models.BooleanField(default=True)
    sold = count()
    shipped = count()
    reserved = count()
    returned = count()
    kept = count()
    paid_net = minor()
    paid_tax = minor()
    credited = count()
    credited_net = minor()
    credited_tax = minor()

    class Meta:
        constraints = [
            rule("units_within_shipped", Q(shipped__gte=F("reserved") + F("returned") + F("kept"))),
            rule("shipped_within_sold", Q(shipped__lte=F("sold"))),
            rule("credited_within_returned", Q(credited__lte=F("reserved") + F("returned") + F("kept"))),
            rule(
                "credit_within_paid",
                Q(credited_net__gte=0, credited_net__lte=F("paid_net"))
                & Q(credited_tax__gte=0, credited_tax__lte=F("paid_tax")),
            ),
        ]

    @property
    def available(self) -> int:
        """Units somebody may still ask to return."""
        return self.shipped - self.reserved - self.returned - self.kept


class Delivery(models.Model):
    """When a parcel of the shop arrived at its customer, where a carrier or staff said so."""

    fulfillment_id = saleor_id(primary_key=True)
    order_id = saleor_id(db_index=True)
    at = models.DateTimeField()
