"""What the workers share about a shop's rate limit."""

from __future__ import annotations

from django.db import models


class Bucket(models.Model):
    """A shop's leaky bucket as far as its answers told; `level` points were there at `at`.

    `costs`: what Shopify last asked for each document, in points.
    """

    shop = models.CharField(max_length=255, unique=True)
    level = models.FloatField()
    size = models.FloatField()
    rate = models.FloatField()
    at = models.DateTimeField()
    costs = models.JSONField(default=dict)
