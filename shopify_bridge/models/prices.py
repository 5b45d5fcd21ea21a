"""What both sides last agreed on about the prices of other markets."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from saleor_plugins.kernel.ids import new_id

from .stores import Store


class AgreedPrice(models.Model):
    """A fixed price that the bridge wrote for a variant in a price list, in the list's minor units.

    One that is not here is the merchant's. `variant` is Saleor's id.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="agreed_prices")
    price_list = models.CharField(max_length=255)
    variant = models.CharField(max_length=255)
    price = models.BigIntegerField()
    compare_at = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "price_list", "variant"], name="bridge_agreed_price"),
            models.CheckConstraint(condition=Q(price__gte=0), name="bridge_agreed_price_amount"),
        ]
