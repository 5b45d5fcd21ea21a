"""Who sells to the shop and on what terms, how warehouses help each other, and the merchant's limits."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from saleor_plugins.delivery.secrets import EncryptedTextField

from .fields import currency_code, key, minor, of, once, rule, saleor_id, units


class Supplier(models.Model):
    """Somebody who sells to the shop. Orders go out by `channel`; `minimum` is the least value of one.

    `lead_days` holds where a catalogue line says nothing, None is the plugin's default.
    """

    NONE, MAIL, WEBHOOK = "NONE", "MAIL", "WEBHOOK"

    id = key()
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True, default="")
    language = models.CharField(max_length=5, blank=True, default="")
    channel = models.CharField(max_length=10, default=NONE)
    webhook_url = models.CharField(max_length=500, blank=True, default="")
    webhook_secret = EncryptedTextField(blank=True, default="")
    lead_days = models.PositiveIntegerField(null=True)
    minimum = minor(default=0)
    minimum_currency = currency_code(blank=True, default="")
    note = models.CharField(max_length=1000, blank=True, default="")
    active = models.BooleanField(default=True)
    created = models.DateTimeField()

    class Meta:
        constraints = [
            once("supplier_name", "name"),
            rule("supplier_channel", Q(channel__in=["NONE", "MAIL", "WEBHOOK"])),
            rule("supplier_minimum", Q(minimum=0) | (Q(minimum__gt=0) & ~Q(minimum_currency=""))),
        ]


class SupplierItem(models.Model):
    """A variant in a supplier's catalogue: `price` of a unit, `breaks` are [quantity, price]."""

    id = key()
    supplier = of(Supplier, "items")
    variant_id = saleor_id()
    supplier_sku = models.CharField(max_length=255, blank=True, default="")
    price = minor()
    currency = currency_code()
    breaks = models.JSONField(default=list)
    moq = units(1)
    pack = units(1)
    lead_days = models.PositiveIntegerField(null=True)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            once("item_once", "supplier", "variant_id"),
            rule("item_terms", Q(price__gte=0, moq__gte=1, pack__gte=1)),
        ]
        indexes = [models.Index(fields=["variant_id"], name="ops_restock_item_variant")]


class ExchangeRate(models.Model):
    """One unit of `currency` is worth `rate` units of `into`, from `since` on."""

    id = key()
    currency = currency_code()
    into = currency_code()
    rate = models.DecimalField(max_digits=20, decimal_places=10)
    since = models.DateField()

    class Meta:
        constraints = [
            once("rate_once", "currency", "into", "since"),
            rule("rate_positive", Q(rate__gt=0) & ~Q(currency=F("into"))),
        ]


class TransferLane(models.Model):
    """Goods may go from `source_id` to `target_id` in `days`; a transfer costs `cost` as a whole."""

    id = key()
    source_id = saleor_id()
    target_id = saleor_id()
    days = units()
    cost = minor(default=0)
    currency = currency_code(blank=True, default="")
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            once("lane_once", "source_id", "target_id"),
            rule("lane_ends", ~Q(source_id=F("target_id")) & Q(cost__gte=0)),
            rule("lane_cost", Q(cost=0) | ~Q(currency="")),
        ]
        indexes = [models.Index(fields=["target_id"], name="ops_restock_lane_target")]


class ReorderPolicy(models.Model):
    """A merchant's limits for a variant in a warehouse; `warehouse_id` "" is every warehouse.

    With `reorder` off nothing is proposed: the variant runs out. `service_level` (of 1) goes before the
    plugin's.
    """

    id = key()
    variant_id = saleor_id()
    warehouse_id = saleor_id(blank=True, default="")
    minimum = units()
    maximum = models.PositiveIntegerField(null=True)
    reorder = models.BooleanField(default=True)
    service_level = models.FloatField(null=True)

    class Meta:
        constraints = [
            once("policy_once", "variant_id", "warehouse_id"),
            rule("policy_limits", Q(maximum__isnull=True) | Q(maximum__gte=F("minimum"))),
            rule("policy_service", Q(service_level=None) | Q(service_level__gt=0, service_level__lt=1)),
        ]


class Budget(models.Model):
    """At most `amount` is ordered from `since` to `until` (shop days, both included)."""

    id = key()
    name = models.CharField(max_length=200)
    amount = minor()
    currency = currency_code()
    since = models.DateField()
    until = models.DateField()

    class Meta:
        constraints = [rule("budget_sane", Q(amount__gte=0, until__gte=F("since")))]
