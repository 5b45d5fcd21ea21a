"""The latest advice, and the runs that gave it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .fields import currency_code, key, minor, once, rule, saleor_id, units
from .orders import PurchaseOrderLine
from .supply import Supplier
from .transfers import TransferLine


class Suggestion(models.Model):
    """The latest advice for a variant in a warehouse below its reorder point, with every number.

    `need` units are missing up to the `target`. `transferred` of them come from other warehouses, `quantity`
    are bought, each at `price` of the supplier's `price_currency`. `value` is what not ordering for a week
    would cost and `amount` what `quantity` costs, both in `currency`, None where that is not known.
    `explanation` are sentences, `flags` words of ``domain/rule.py``.
    """

    id = key()
    variant_id = saleor_id()
    warehouse_id = saleor_id()
    sku = models.CharField(max_length=255, blank=True, default="")
    name = models.CharField(max_length=400, blank=True, default="")
    supplier = models.ForeignKey(Supplier, null=True, on_delete=models.SET_NULL)
    line = models.ForeignKey(
        PurchaseOrderLine, null=True, on_delete=models.SET_NULL, related_name="suggestions"
    )
    demand_per_day = models.FloatField()
    lead_days = models.FloatField()
    lead_deviation = models.FloatField(default=0)
    review_days = units()
    service_level = models.FloatField()
    expected = models.FloatField()
    deviation = models.FloatField(default=0)
    reorder_point = models.IntegerField()
    target = models.IntegerField()
    on_hand = models.IntegerField()
    allocated = models.IntegerField()
    on_order = models.IntegerField()
    incoming = models.IntegerField(default=0)
    outgoing = models.IntegerField(default=0)
    need = models.IntegerField()
    transferred = units()
    quantity = units()
    price = minor(null=True)
    price_currency = currency_code(blank=True, default="")
    amount = minor(null=True)
    value = minor(null=True)
    currency = currency_code(blank=True, default="")
    abc = models.CharField(max_length=1, blank=True, default="")
    xyz = models.CharField(max_length=1, blank=True, default="")
    flags = models.JSONField(default=list)
    explanation = models.JSONField(default=list)
    updated = models.DateTimeField()

    class Meta:
        constraints = [once("suggestion_once", "variant_id", "warehouse_id")]
        indexes = [models.Index(fields=["-value", "id"], name="ops_restock_suggestion_value")]


class SuggestedTransfer(models.Model):
    """Units that a suggestion takes from another warehouse."""

    id = key()
    suggestion = models.ForeignKey(Suggestion, on_delete=models.CASCADE, related_name="transfers")
    source_id = saleor_id()
    quantity = units()
    line = models.ForeignKey(TransferLine, null=True, on_delete=models.SET_NULL, related_name="suggested")

    class Meta:
        constraints = [
            once("suggested_transfer_once", "suggestion", "source_id"),
            rule("suggested_transfer_units", Q(quantity__gte=1)),
        ]


class RestockRun(models.Model):
    """A look at the shop: `done` of `total` variants, `needs` found. A run not heard of for long is dead."""

    id = key()
    state = models.CharField(max_length=10, default="RUNNING")
    warehouse_id = saleor_id(blank=True, default="")
    done = units()
    total = units()
    needs = units()
    error = models.CharField(max_length=500, blank=True, default="")
    started = models.DateTimeField()
    seen_at = models.DateTimeField()
    finished = models.DateTimeField(null=True)

    class Meta:
        constraints = [rule("run_state", Q(state__in=["RUNNING", "DONE", "FAILED"]))]


class ShopFigure(models.Model):
    """A number that only a look at the whole shop can find, kept for looks at parts of it.

    PACE: units a day that a product of category `key` usually sells ("" is the shop). ABC: the least turnover
    of class `key`, minor units. UPLIFT: how many times as much promotions sell. SEASON: what week
    "category:NN" sells over its average; "" is the day (ordinal) on which that was learned.
    """

    PACE, ABC, UPLIFT, SEASON = "PACE", "ABC", "UPLIFT", "SEASON"

    kind = models.CharField(max_length=10)
    key = saleor_id(blank=True, default="")
    value = models.FloatField()

    class Meta:
        constraints = [once("figure_once", "kind", "key")]
