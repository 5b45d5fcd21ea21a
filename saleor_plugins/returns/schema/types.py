"""The types of the returns API."""

from __future__ import annotations

from typing import Any

import graphene

from ...http.api import connection
from ...kernel.ids import to_global
from .. import access
from ..domain.dispositions import Disposition as DispositionValue
from ..domain.dispositions import Outcome
from ..domain.machines import ReturnState as ReturnStateValue
from ..domain.reasons import Reason, Resolution
from ..store import Attention, buckets, listed
from .flag_types import ReturnFlag
from .history import ReturnMessage, TimelineEntry
from .mail_types import ReturnMail
from .money import Refund, count, many
from .paper_types import ReturnLabel, ReturnPhoto
from .terms import TermsFields

ReturnState = graphene.Enum.from_enum(ReturnStateValue)
Disposition = graphene.Enum.from_enum(DispositionValue)
FollowUpOutcome = graphene.Enum("FollowUpOutcome", [(each.name, each.value) for each in Outcome])
ReturnReason = graphene.Enum("ReturnReason", [(reason.name, reason.value) for reason in Reason])
ReturnResolution = graphene.Enum("ReturnResolution", [(each.name, each.value) for each in Resolution])
ReturnAttention = graphene.Enum("ReturnAttention", [(each.name, each.value) for each in Attention])


class ReturnLine(graphene.ObjectType):
    """Units of one order line in a return. Each number counts all units that ever got that far."""

    id = graphene.ID(required=True)
    order_line_id = graphene.ID(required=True)
    fulfillment_line_id = graphene.ID(description="When the request named a parcel's line.")
    variant_id = graphene.ID()
    sku = graphene.String(required=True)
    name = graphene.String(required=True)
    reason_code = graphene.Field(ReturnReason, required=True)
    reason = graphene.String(required=True, description="In the customer's words.")
    resolution = graphene.Field(ReturnResolution, required=True, description="What the customer wants.")
    exchange_variant_id = graphene.ID(description="What they want instead, for an EXCHANGE.")
    requested = count()
    approved = count()
    declined = count()
    awaited = count("Approved, and not here yet.")
    received = count()
    missing = count("Approved, and never arrived before the return expired or was closed.")
    kept = count("Left with the customer, who gets the money all the same.")
    advanced = count("Credited before they were judged.")
    accepted = count()
    rejected = count("Sent back to the customer, without credit.")
    credited = count("Their refund is decided.")
    settled = count("Their money is with the customer.")
    photos = many(ReturnPhoto)

    def resolve_id(row: Any, info: Any) -> str:
        return to_global("ReturnLine", row.pk)

    def resolve_order_line_id(row: Any, info: Any) -> str:
        return str(row.line_id)

    def resolve_fulfillment_line_id(row: Any, info: Any) -> str | None:
        return row.fulfillment_line_id or None

    def resolve_variant_id(row: Any, info: Any) -> str | None:
        return row.line.variant_id or None

    def resolve_exchange_variant_id(row: Any, info: Any) -> str | None:
        return row.exchange_variant_id or None

    def resolve_awaited(row: Any, info: Any) -> int:
        return buckets(row).awaited

    def resolve_sku(row: Any, info: Any) -> str:
        return str(row.line.sku)

    def resolve_name(row: Any, info: Any) -> str:
        return str(row.line.name)

    def resolve_photos(row: Any, info: Any) -> list[Any]:
        return sorted(listed(row, "photos"), key=lambda photo: photo.pk)


class FollowUp(graphene.ObjectType):
    """What became later of units that were put aside."""

    quantity = count()
    outcome = graphene.Field(FollowUpOutcome, required=True)
    warehouse_id = graphene.ID(required=True)
    why = graphene.String(required=True)
    moved = count("Units put into the shop's stock of the warehouse.")
    at = graphene.DateTime(required=True)

    def resolve_outcome(row: Any, info: Any) -> str:
        return str(row.disposition)


class Inspection(graphene.ObjectType):
    """What became of some units of a parcel."""

    id = graphene.ID(required=True)
    quantity = count()
    disposition = graphene.Field(Disposition, required=True)
    grade = graphene.String(required=True)
    warehouse_id = graphene.ID(required=True)
    why = graphene.String(required=True, description="The rule that chose the warehouse, in words.")
    moved = count("Units put into the shop's stock of the warehouse.")
    at = graphene.DateTime(required=True)
    follow_ups = many(FollowUp, "In the order in which they happened.")

    def resolve_id(row: Any, info: Any) -> str:
        return to_global("Inspection", row.pk)

    def resolve_follow_ups(row: Any, info: Any) -> list[Any]:
        return sorted(row.followups.all(), key=lambda followup: followup.first_unit)


class ReceiptLine(graphene.ObjectType):
    """Units of a return's line in a parcel."""

    return_line_id = graphene.ID(required=True)
    quantity = count()
    restocked = count()
    inspections = many(Inspection)

    def resolve_return_line_id(row: Any, info: Any) -> str:
        return to_global("ReturnLine", row.return_line_id)

    def resolve_inspections(row: Any, info: Any) -> list[Any]:
        return sorted(row.inspections.all(), key=lambda inspection: inspection.first_unit)


class Receipt(graphene.ObjectType):
    """A parcel that arrived."""

    id = graphene.ID(required=True)
    sequence = count()
    warehouse_id = graphene.ID(required=True)
    tracking_number = graphene.String(required=True)
    at = graphene.DateTime(required=True)
    lines = many(ReceiptLine)

    def resolve_id(row: Any, info: Any) -> str:
        return to_global("Receipt", row.pk)

    def resolve_lines(row: Any, info: Any) -> list[Any]:
        return list(row.lines.all())


class Return(TermsFields, graphene.ObjectType):
    """A request to bring units of one order back."""

    id = graphene.ID(required=True)
    number = graphene.String(required=True)
    order_id = graphene.ID(required=True)
    state = graphene.Field(ReturnState, required=True)
    requested_by = graphene.String(required=True, description="CUSTOMER, STAFF or APP.")
    decline_reason = graphene.String(required=True)
    destination_id = graphene.ID(description="The warehouse that the goods are to be sent to.")
    carrier = graphene.String(required=True)
    tracking_number = graphene.String(required=True)
    scanned = graphene.DateTime(
        description="When a carrier first had the parcel; from then on nothing expires."
    )
    expires = graphene.DateTime(description="Without a scan by then an approved return expires.")
    reopened = count("How often it was taken up again.")
    created = graphene.DateTime(required=True)
    approved = graphene.DateTime()
    closed = graphene.DateTime()
    erased = graphene.DateTime(description="When what told of the customer was taken out of it.")
    lines = many(ReturnLine)
    label = graphene.Field(ReturnLabel, description="The newest, whatever became of it.")
    receipts = many(Receipt)
    refunds = many(Refund)
    timeline = many(TimelineEntry)
    messages = many(ReturnMessage, "Oldest first; internal ones only with the permission MANAGE_ORDERS.")
    mails = many(
        ReturnMail, "What was mailed to the shopper. Requires the permission MANAGE_ORDERS; empty without."
    )
    flags = many(ReturnFlag, "What looks unusual. Requires the permission MANAGE_ORDERS; empty without.")

    def resolve_id(row: Any, info: Any) -> str:
        return to_global("Return", row.pk)

    def resolve_destination_id(row: Any, info: Any) -> str | None:
        return row.destination_id or None

    def resolve_lines(row: Any, info: Any) -> list[Any]:
        return sorted(listed(row, "lines"), key=lambda line: line.position)

    def resolve_label(row: Any, info: Any) -> Any:
        return max(listed(row, "labels"), key=lambda label: label.sequence, default=None)

    def resolve_receipts(row: Any, info: Any) -> list[Any]:
        return sorted(listed(row, "receipts"), key=lambda receipt: receipt.sequence)

    def resolve_refunds(row: Any, info: Any) -> list[Any]:
        refunds = sorted(listed(row, "refunds"), key=lambda refund: refund.sequence)
        for refund in refunds:
            refund.currency = row.order.currency
        return refunds

    def resolve_timeline(row: Any, info: Any) -> list[Any]:
        return sorted(listed(row, "entries"), key=lambda entry: entry.pk)

    def resolve_messages(row: Any, info: Any) -> list[Any]:
        all_of_them = access.is_staff(info.context.asker)
        written = sorted(listed(row, "messages"), key=lambda message: message.pk)
        return [message for message in written if all_of_them or not message.internal]

    def resolve_mails(row: Any, info: Any) -> list[Any]:
        if not access.is_staff(info.context.asker):
            return []
        return sorted(listed(row, "mails"), key=lambda mail: mail.pk)

    def resolve_flags(row: Any, info: Any) -> list[Any]:
        if not access.is_staff(info.context.asker):
            return []
        return sorted(listed(row, "flags"), key=lambda flag: flag.pk)


class ReturnableLine(graphene.ObjectType):
    """A line of an order, and how many of its units may be asked to come back."""

    order_line_id = graphene.ID(required=True)
    sku = graphene.String(required=True)
    name = graphene.String(required=True)
    sold = count()
    shipped = count("Units the customer got and the shop's own screens did not take back.")
    reserved = count("Asked for in an open return, and not arrived.")
    returned = count()
    kept = count("Left with the customer, who got the money.")
    available = count("Shipped, and none of these.")
    returnable_until = graphene.Date(
        description="The last day, in the shop's time zone, on which a shopper may ask; null until sent."
    )
    window_open = graphene.Boolean(required=True, description="Whether that day is not over.")


ReturnConnection = connection(Return)
