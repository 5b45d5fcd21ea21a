"""Shoppers who wait for stock, and when what is sold out is expected back."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .fields import key, once, rule, saleor_id


class StockAlert(models.Model):
    """Somebody who wants one mail when a variant is there again for them.

    PENDING until the address is confirmed. `digest` (keyed, of the address) tells twins apart. Address,
    digest and account are "" once they are not needed any more.
    """

    STATES = ("PENDING", "WAITING", "SENT", "UNSUBSCRIBED", "EXPIRED")

    id = key()
    variant_id = saleor_id()
    channel = models.CharField(max_length=100, blank=True, default="")
    country = models.CharField(max_length=2, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    digest = models.CharField(max_length=64)
    user_id = saleor_id(blank=True, default="")
    language = models.CharField(max_length=5, blank=True, default="")
    state = models.CharField(max_length=12, default="PENDING")
    created = models.DateTimeField()
    confirmed = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            once("alert_once", "variant_id", "channel", "digest", when=Q(state__in=["PENDING", "WAITING"])),
            rule("alert_state", Q(state__in=["PENDING", "WAITING", "SENT", "UNSUBSCRIBED", "EXPIRED"])),
            rule("alert_reachable", ~Q(state__in=["PENDING", "WAITING"]) | ~Q(email="")),
        ]
        indexes = [
            models.Index(
                fields=["variant_id", "id"], condition=Q(state="WAITING"), name="ops_restock_alert_waiting"
            ),
            models.Index(fields=["digest"], condition=~Q(digest=""), name="ops_restock_alert_person"),
        ]


class VariantWatch(models.Model):
    """A variant's free stock towards a channel's shoppers in a country ("": anywhere), while somebody waits.

    `free_since` is None while there is none. `announced`: when some of those who wait were told last.
    """

    id = key()
    variant_id = saleor_id()
    channel = models.CharField(max_length=100, blank=True, default="")
    country = models.CharField(max_length=2, blank=True, default="")
    free_since = models.DateTimeField(null=True)
    announced = models.DateTimeField(null=True)
    checked = models.DateTimeField()

    class Meta:
        constraints = [once("watch_once", "variant_id", "channel", "country")]
        indexes = [models.Index(fields=["checked"], name="ops_restock_watch_checked")]


class ExpectedBack(models.Model):
    """The shop day on which a sold-out variant is expected back; `published` is what its metadata says."""

    variant_id = saleor_id(primary_key=True)
    day = models.DateField(null=True)
    published = models.DateField(null=True)
    changed = models.DateTimeField()


class SentMail(models.Model):
    """A mail of this room, once per cause. Of its address and words nothing but a digest is kept."""

    id = key()
    kind = models.CharField(max_length=40)
    cause = models.CharField(max_length=100)
    language = models.CharField(max_length=5)
    digest = models.CharField(max_length=64, blank=True, default="")
    created = models.DateTimeField()
    sent = models.DateTimeField(null=True)

    class Meta:
        constraints = [once("mail_once", "kind", "cause")]


class MailTemplate(models.Model):
    """The merchant's own words for a kind of mail in a language, instead of ours."""

    id = key()
    kind = models.CharField(max_length=40)
    language = models.CharField(max_length=5)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    changed = models.DateTimeField()

    class Meta:
        constraints = [once("template_once", "kind", "language")]
