"""What is written to shoppers by mail."""

from __future__ import annotations

from django.db import models

from .fields import key, saleor_id
from .requests import Return


class MailTemplate(models.Model):
    """The merchant's own words for a kind of mail in a language, instead of ours."""

    id = key()
    kind = models.CharField(max_length=40)
    language = models.CharField(max_length=5)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    changed = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "language"], name="ops_template_once")]


class SentMail(models.Model):
    """A mail about a return, once per cause. Of its address and words only a digest is kept."""

    id = key()
    rma = models.ForeignKey(Return, on_delete=models.PROTECT, null=True, related_name="mails")
    order_id = saleor_id(db_index=True)
    kind = models.CharField(max_length=40)
    language = models.CharField(max_length=5)
    cause = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, blank=True, default="")
    created = models.DateTimeField()
    sent = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "cause"], name="ops_mail_once")]
