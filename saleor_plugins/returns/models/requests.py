"""Returns: what was asked for, what was said, who did what."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from ..domain.machines import ReturnState
from ..domain.reasons import Reason, Resolution
from .fields import count, key, rule, saleor_id
from .orders import OrderLedger, ReturnableLine
from .rules import Rulebook

UNINSPECTED = Q(received__gt=F("accepted") + F("rejected"))
UNCREDITED = Q(credited__lt=F("accepted") + F("kept") + F("advanced"))


class Return(models.Model):
    """A request to bring units of one order back. `policy` is the merchant's, as it stood then.

    `terms` is what the rules of `rulebook` made of the request, each with its reason; `withdrawal` says that
    it is the law's right and not theirs to judge. `method` is how the goods travel. `requested_by` is the
    kind of asker. Goods are sent to `destination_id`. Without a carrier's scan by `expires` an approved
    return expires.
    """

    id = key()
    number = models.CharField(max_length=120, unique=True)
    order = models.ForeignKey(OrderLedger, on_delete=models.PROTECT, related_name="requests")
    user_id = saleor_id(blank=True, default="")
    requested_by = models.CharField(max_length=12)
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in ReturnState])
    policy = models.JSONField(default=dict)
    rulebook = models.ForeignKey(Rulebook, on_delete=models.PROTECT, null=True, related_name="+")
    terms = models.JSONField(default=dict)
    withdrawal = models.BooleanField(default=False)
    method = models.CharField(max_length=12, blank=True, default="")
    language = models.CharField(max_length=5, blank=True, default="")
    decline_reason = models.CharField(max_length=500, blank=True, default="")
    destination_id = saleor_id(blank=True, default="")
    carrier = models.CharField(max_length=100, blank=True, default="")
    tracking_number = models.CharField(max_length=255, blank=True, default="")
    scanned = models.DateTimeField(null=True)
    expires = models.DateTimeField(null=True)
    reopened = count()
    created = models.DateTimeField()
    approved = models.DateTimeField(null=True)
    closed = models.DateTimeField(null=True)
    erased = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "id"], name="ops_return_state"),
            models.Index(fields=["user_id", "id"], name="ops_return_user"),
            models.Index(fields=["order", "id"], name="ops_return_order"),
            models.Index(fields=["destination_id", "id"], name="ops_return_destination"),
            models.Index(fields=["created"], name="ops_return_created"),
            models.Index(
                fields=["expires"], condition=Q(state="APPROVED", scanned=None), name="ops_return_expires"
            ),
        ]


class ReturnLine(models.Model):
    """Units of one order line in a return, as buckets (domain/quantities.py).

    `kept_shown` of the kept ones the shop shows as refunded.
    """

    id = key()
    rma = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(ReturnableLine, on_delete=models.PROTECT, related_name="+")
    position = count()
    fulfillment_line_id = saleor_id(blank=True, default="")
    reason_code = models.CharField(max_length=20, default=Reason.UNSPECIFIED.value)
    reason = models.CharField(max_length=500, blank=True, default="")
    resolution = models.CharField(max_length=12, default=Resolution.REFUND.value)
    exchange_variant_id = saleor_id(blank=True, default="")
    requested = count()
    approved = count()
    declined = count()
    received = count()
    missing = count()
    kept = count()
    advanced = count()
    accepted = count()
    rejected = count()
    credited = count()
    settled = count()
    kept_shown = count()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rma", "line", "fulfillment_line_id"], name="ops_return_line_once"
            ),
            rule("line_requested", Q(requested__gte=1) & Q(requested__gte=F("approved") + F("declined"))),
            rule("line_approved", Q(approved__gte=F("received") + F("missing") + F("kept"))),
            rule("line_received", Q(received__gte=F("accepted") + F("rejected"))),
            rule(
                "line_settled",
                Q(credited__lte=F("accepted") + F("kept") + F("advanced")) & Q(credited__gte=F("settled")),
            ),
            rule("line_advanced", Q(advanced__lte=F("approved")) & Q(advanced__lte=F("credited"))),
            rule("line_exchange", Q(resolution="EXCHANGE") | Q(exchange_variant_id="")),
        ]
        # Few among many: what waits for somebody is found without reading what is done.
        indexes = [
            models.Index(fields=["rma"], condition=UNINSPECTED, name="ops_line_uninspected"),
            models.Index(fields=["rma"], condition=UNCREDITED, name="ops_line_uncredited"),
        ]


class ReturnMessage(models.Model):
    """Something that staff or the shopper wrote; `internal` ones are for staff only."""

    id = key()
    rma = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="messages")
    author_kind = models.CharField(max_length=12)
    author_id = saleor_id(blank=True, default="")
    body = models.CharField(max_length=2000)
    internal = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["rma", "id"], name="ops_message_return")]


class LedgerEntry(models.Model):
    """Who did what to a return, when. Append-only."""

    id = key()
    rma = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="entries")
    verb = models.CharField(max_length=20)
    asker_kind = models.CharField(max_length=12)
    asker_id = saleor_id(blank=True, default="")
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    at = models.DateTimeField()
