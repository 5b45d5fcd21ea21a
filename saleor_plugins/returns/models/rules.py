"""The merchant's rules for returns."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from .fields import count, key, rule, saleor_id


class Rulebook(models.Model):
    """A version of the merchant's rules (domain/rules/), never changed once it is written; one is active."""

    id = key()
    version = count()
    document = models.JSONField(default=dict)
    note = models.CharField(max_length=500, blank=True, default="")
    author_kind = models.CharField(max_length=12)
    author_id = saleor_id(blank=True, default="")
    active = models.BooleanField(default=False)
    created = models.DateTimeField()
    activated = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version"], name="ops_rulebook_version"),
            models.UniqueConstraint(
                fields=["active"], condition=Q(active=True), name="ops_rulebook_one_active"
            ),
        ]


class TermsRun(models.Model):
    """A walk over the shop's products that writes onto them what the rules say, page by page; one is open.

    `fingerprint` tells the rules it goes by; `after` is the last product that is done. With `since` only
    products that were changed since then are looked at. A run that others overtook never finishes.
    """

    id = key()
    fingerprint = models.CharField(max_length=64)
    since = models.DateTimeField(null=True)
    after = saleor_id(blank=True, default="")
    total = count()
    done = count()
    changed = count()
    open = models.BooleanField(default=True)
    started = models.DateTimeField()
    moved = models.DateTimeField()
    finished = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["open"], condition=Q(open=True), name="ops_terms_run_one"),
            rule("terms_run_finished", Q(open=False) | Q(finished=None)),
            rule("terms_run_counts", Q(done__gte=F("changed"))),
        ]
