"""What sold, what came back, when there was nothing to sell, and what was expected."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from .fields import key, once, rule, saleor_id, units


class DailyDemand(models.Model):
    """Units of a variant sold to a country on a shop day. Only facts: warehouses are shared out later.

    `returned` are those of them that came back as good as new, on whatever day that was.
    """

    variant_id = saleor_id()
    day = models.DateField()
    country = models.CharField(max_length=10, blank=True, default="")
    units = models.BigIntegerField()
    returned = models.BigIntegerField(default=0)

    class Meta:
        constraints = [once("demand_once", "variant_id", "day", "country")]
        indexes = [models.Index(fields=["day"], name="ops_restock_demand_day")]


class DemandCursor(models.Model):
    """How far the demand history reaches: one row, days `since` to `through` of `zone`.

    `full_on` is the day on which all of it was last read. While a backfill runs, `reading` is the next
    day that it reads; None when it is done.
    """

    zone = models.CharField(max_length=64)
    full_on = models.DateField()
    since = models.DateField()
    through = models.DateField()
    reading = models.DateField(null=True)

    class Meta:
        constraints = [rule("cursor_single", Q(id=1))]


class ChangedDay(models.Model):
    """A past day whose orders changed after it was read."""

    day = models.DateField(primary_key=True)


class StockOut(models.Model):
    """Shop days `since` to `until` (both included; None: it lasts) that a warehouse had none of a variant.

    Seen, not derived: Saleor keeps no history of stock. `since` may be tomorrow: today there was some.
    """

    id = key()
    variant_id = saleor_id()
    warehouse_id = saleor_id()
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            once("stockout_one_open", "variant_id", "warehouse_id", when=Q(until=None)),
            rule("stockout_days", Q(until=None) | Q(until__gte=F("since"))),
        ]
        indexes = [models.Index(fields=["variant_id", "since"], name="ops_restock_stockout_variant")]


class StockWalk(models.Model):
    """When the whole stock was last looked through: one row."""

    at = models.DateTimeField()

    class Meta:
        constraints = [rule("walk_single", Q(id=1))]


class KitPart(models.Model):
    """`quantity` units of a part are in one unit of a kit: what sells of the kit is demand for its parts."""

    id = key()
    kit_id = saleor_id()
    part_id = saleor_id()
    quantity = units(1)

    class Meta:
        constraints = [
            once("kit_once", "kit_id", "part_id"),
            rule("kit_units", Q(quantity__gte=1) & ~Q(kit_id=F("part_id"))),
        ]
        indexes = [models.Index(fields=["part_id"], name="ops_restock_kit_part")]


class Promotion(models.Model):
    """Days on which a variant, or all of a category, sells `uplift` times as much; None: learned.

    Exactly one of `variant_id` and `category_id` is given.
    """

    id = key()
    name = models.CharField(max_length=200)
    variant_id = saleor_id(blank=True, default="")
    category_id = saleor_id(blank=True, default="")
    since = models.DateField()
    until = models.DateField()
    uplift = models.DecimalField(max_digits=6, decimal_places=2, null=True)

    class Meta:
        constraints = [
            rule(
                "promotion_of_one",
                Q(variant_id="") & ~Q(category_id="") | Q(category_id="") & ~Q(variant_id=""),
            ),
            rule("promotion_days", Q(until__gte=F("since"))),
            rule("promotion_uplift", Q(uplift=None) | Q(uplift__gt=0)),
        ]
        indexes = [models.Index(fields=["until"], name="ops_restock_promotion_until")]


class ForecastMade(models.Model):
    """What a need was expected to sell over `days` days from `made_on` on, to compare with what did."""

    variant_id = saleor_id()
    warehouse_id = saleor_id()
    made_on = models.DateField()
    days = models.PositiveSmallIntegerField()
    expected = models.FloatField()
    deviation = models.FloatField()

    class Meta:
        constraints = [once("forecast_once", "variant_id", "warehouse_id", "made_on")]
        indexes = [models.Index(fields=["made_on"], name="ops_restock_forecast_made")]
