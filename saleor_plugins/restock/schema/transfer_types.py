"""How transfers look from outside."""

from __future__ import annotations

from typing import Any

import graphene
from django.db.models import QuerySet

from ...kernel import clock
from ...platform import shop
from .. import models
from ..domain.transfer import STATES, UNDERWAY
from ..views.papers import paper_url
from .base import given, own_id

TransferState = graphene.Enum("TransferState", [(state, state) for state in STATES])
TransferHandlingKind = graphene.Enum(
    "TransferHandlingKind",
    [(kind, kind) for kind in (models.TransferHandling.SHIP, models.TransferHandling.RECEIVE)],
)


class TransferLine(graphene.ObjectType):
    """Units of a variant in a transfer."""

    id = graphene.ID(required=True)
    variant_id = graphene.ID(required=True)
    sku = graphene.String(required=True)
    name = graphene.String(required=True)
    quantity = graphene.Int(required=True, description="As planned.")
    shipped = graphene.Int(required=True, description="Left the source; the rest of the plan is not owed.")
    received = graphene.Int(required=True, description="Arrived, of what was shipped.")
    lost = graphene.Int(required=True, description="Written off, of what was shipped.")
    by_hand = graphene.Boolean(required=True, description="Planned by a person: a run leaves it alone.")
    resolve_id = own_id("TransferLine")


class TransferHandling(graphene.ObjectType):
    """Goods that were shipped or received under one reference."""

    id = graphene.ID(required=True)
    kind = graphene.Field(TransferHandlingKind, required=True)
    reference = graphene.String(required=True)
    note = graphene.String(required=True, description="What became of units that are lost.")
    at = graphene.DateTime(required=True)
    by = graphene.String(required=True, description="Saleor's id of who booked it.")
    resolve_id = own_id("TransferHandling")

    def resolve_note(row: models.TransferHandling, info: Any) -> str:
        return row.asked.get("note", "")


class Transfer(graphene.ObjectType):
    """Goods that go from one warehouse to another."""

    id = graphene.ID(required=True)
    number = graphene.Int(required=True)
    state = graphene.Field(TransferState, required=True)
    source_id = graphene.ID(required=True, description="The warehouse they leave.")
    target_id = graphene.ID(required=True, description="The warehouse they go to.")
    created = graphene.DateTime(required=True)
    approved_at = graphene.DateTime()
    expected_on = graphene.Date(description="The shop's day on which they should arrive.")
    closed_at = graphene.DateTime()
    reason = graphene.String(required=True, description="Why it was cancelled.")
    lines = graphene.List(graphene.NonNull(TransferLine), required=True)
    handlings = graphene.List(graphene.NonNull(TransferHandling), required=True)
    paper_url = graphene.String(
        required=True,
        letter=graphene.Boolean(default_value=False, description="On letter paper instead of A4."),
        description="Its pick list, or its packing list once it was shipped, as PDF: a link for ten minutes.",
    )
    resolve_id = own_id("Transfer")

    def resolve_paper_url(row: models.Transfer, info: Any, letter: bool) -> str:
        return paper_url(row, "letter" if letter else "a4")

    def resolve_lines(row, info: Any) -> list[models.TransferLine]:
        return sorted(row.lines.all(), key=lambda line: line.pk)

    def resolve_handlings(row, info: Any) -> list[models.TransferHandling]:
        return sorted(row.handlings.all(), key=lambda handling: handling.pk)


def filtered(rows: QuerySet[models.Transfer], where: dict[str, Any]) -> QuerySet[models.Transfer]:
    """The transfers that a list's arguments ask for."""
    where = given(where)
    overdue, variant_id = where.pop("overdue", None), where.pop("variant_id", None)
    rows = rows.filter(**where)
    if variant_id is not None:
        lines = models.TransferLine.objects.filter(variant_id=variant_id)
        rows = rows.filter(pk__in=lines.values("transfer_id"))
    if overdue is not None:
        late = rows.filter(state__in=UNDERWAY, expected_on__lt=clock.day_of(clock.now(), shop().time_zone()))
        rows = late if overdue else rows.exclude(pk__in=late.values("pk"))
    return rows
