"""What the workers share about a shop's rate limit."""

from __future__ import annotations

from django.db import models


class Bucket(models.Model):
    """A shop's leaky bucket as far as its answers told; `level` points were there at `at`.

    Below zero, it is a queue. `held`: points reserved for requests that are under way. `costs`: by what each
    document's estimated cost has to be multiplied, as its answers taught.
    """

    shop = models.CharField(max_length=255, unique=True)
    level = models.FloatField()
    size = models.FloatField()
    rate = models.FloatField()
    held = models.FloatField(default=0)
    at = models.DateTimeField()
    costs = models.JSONField(default=dict)
