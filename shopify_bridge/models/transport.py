"""What the workers share about a shop's rate limit."""

from __future__ import annotations

from django.db import models


class Bucket(models.Model):
    """A shop's leaky bucket as far as its answers told; `level` points were there at `at`.

    Below zero, it is a queue. `held`: points reserved for requests that are under way. `given`: all that
    were ever reserved. `costs`: by what each document's estimate is to be multiplied, as answers taught.
    """

    shop = models.CharField(max_length=255, unique=True)
    level = models.FloatField()
    size = models.FloatField()
    rate = models.FloatField()
    held = models.FloatField(default=0)
    given = models.FloatField(default=0)
    at = models.DateTimeField()
    costs = models.JSONField(default=dict)
