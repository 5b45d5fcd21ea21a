"""What the portal remembers of shoppers who look for their order, and of requests not sent yet."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from saleor_plugins.delivery.secrets import EncryptedTextField

from .fields import count, key, rule, saleor_id
from .requests import Return, ReturnLine


class AccessCode(models.Model):
    """Somebody looks for an order by its number and e-mail address.

    A worker finds the order and mails a code: whoever asks learns nothing from the answer or its time.
    Without an order there is no `code_hash`, and no code fits.
    """

    id = key()
    order_number = models.CharField(max_length=100)
    email = EncryptedTextField()
    language = models.CharField(max_length=5, default="en")
    order_id = saleor_id(blank=True, default="")
    code_hash = models.CharField(max_length=128, blank=True, default="")
    attempts = count()
    created = models.DateTimeField()
    expires = models.DateTimeField()
    used = models.DateTimeField(null=True)

    class Meta:
        constraints = [rule("code_order", Q(code_hash="") | ~Q(order_id=""))]
        indexes = [
            models.Index(fields=["expires"], name="ops_code_expires"),
            models.Index(fields=["order_id", "created"], name="ops_code_order"),
        ]


class Draft(models.Model):
    """A request as a shopper has filled it in so far; `rma` is the return it became, once."""

    id = key()
    order_id = saleor_id(db_index=True)
    withdrawal = models.BooleanField(default=False)
    language = models.CharField(max_length=5, default="en")
    answers = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    rma = models.OneToOneField(Return, on_delete=models.PROTECT, null=True, related_name="draft")
    created = models.DateTimeField()
    expires = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires"], name="ops_draft_expires")]


class Photo(models.Model):
    """A picture of an item: our own re-encoding, never the bytes that were sent.

    Belongs to a draft until that becomes a return, then to the return's line.
    """

    id = key()
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, null=True, related_name="photos")
    order_line_id = saleor_id()
    return_line = models.ForeignKey(ReturnLine, on_delete=models.PROTECT, null=True, related_name="photos")
    content = models.BinaryField()
    preview = models.BinaryField()
    width = count()
    height = count()
    digest = models.CharField(max_length=64)
    created = models.DateTimeField()
    expires = models.DateTimeField()

    class Meta:
        constraints = [
            rule("photo_owner", Q(draft__isnull=False) | Q(return_line__isnull=False)),
            models.UniqueConstraint(fields=["draft", "order_line_id", "digest"], name="ops_photo_once"),
        ]
        indexes = [models.Index(fields=["expires"], name="ops_photo_expires")]


class WithdrawalStatement(models.Model):
    """Somebody has withdrawn from a contract by the law's function (Directive 2011/83/EU, Article 11a).

    `received` is the moment that counts. `goods` are words, `lines` units by order line where somebody who is
    signed in named them; neither: all of the order. Until it is settled it waits for staff, for `outcome`.
    """

    id = key()
    order_number = models.CharField(max_length=100)
    name = EncryptedTextField()
    email = EncryptedTextField()
    goods = EncryptedTextField(blank=True, default="")
    lines = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    language = models.CharField(max_length=5, default="en")
    order_id = saleor_id(blank=True, default="")
    rma = models.OneToOneField(Return, on_delete=models.PROTECT, null=True, related_name="statement")
    received = models.DateTimeField()
    acknowledged = models.DateTimeField(null=True)
    settled = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["id"], condition=Q(settled=None), name="ops_statement_open")]
