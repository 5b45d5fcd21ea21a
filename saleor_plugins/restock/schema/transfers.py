"""Goods between the shop's own warehouses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import graphene

from ...http.api import Mutation, connection, connection_field, page, require
from ...kernel.errors import Invalid
from ...kernel.ids import own_key
from ..domain.transfer import Arrival, Shipping
from ..store import transfers
from ..usecases.approve_transfer import approve_transfer, expect_transfer
from ..usecases.cancel_transfer import cancel_transfer
from ..usecases.create_transfer import Wanted, create_transfer, update_transfer
from ..usecases.receive_transfer import receive_transfer
from ..usecases.ship_transfer import ship_transfer
from .base import NEEDS, PERMISSION
from .transfer_types import Transfer, TransferState, filtered

MAX_LINES = 500
TransferConnection = connection(Transfer)


class TransferQueries:
    """Goods between warehouses."""

    transfer = graphene.Field(Transfer, id=graphene.ID(required=True), description=NEEDS)
    transfers = connection_field(
        TransferConnection,
        f"Transfers between warehouses, newest first. {NEEDS}",
        state=graphene.Argument(TransferState),
        source_id=graphene.ID(description="Only from this warehouse."),
        target_id=graphene.ID(description="Only to this warehouse."),
        variant_id=graphene.ID(description="Only with this variant."),
        overdue=graphene.Boolean(description="Only those that should have arrived before today, or not."),
    )

    def resolve_transfer(root, info: Any, id: str) -> Any:
        require(info, PERMISSION)
        return transfers.with_lines().filter(pk=own_key(id, "Transfer")).first()

    def resolve_transfers(root, info: Any, first: int, after: str | None = None, **where: Any) -> Any:
        require(info, PERMISSION)
        return page(TransferConnection, filtered(transfers.with_lines(), where), first, after)


class TransferMutation(Mutation):
    """Base of the mutations that answer a transfer."""

    class Meta:
        abstract = True

    permission = PERMISSION

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        return cls(transfer=transfers.with_lines().filter(pk=result["id"]).first())


class TransferItemInput(graphene.InputObjectType):
    """Units of a variant that are to move."""

    variant_id = graphene.ID(required=True)
    quantity = graphene.Int(required=True, description="0 takes the line away.")


class ShippingLineInput(graphene.InputObjectType):
    """Units of a line that leave."""

    line_id = graphene.ID(required=True)
    quantity = graphene.Int(required=True)


class ArrivalLineInput(graphene.InputObjectType):
    """Units of a line that arrived."""

    line_id = graphene.ID(required=True)
    quantity = graphene.Int(required=True)
    lost = graphene.Int(default_value=0, description="Units that never will.")


class TransferCreate(TransferMutation):
    """Sets lines of the draft from one warehouse to another; there is one draft for each pair of them."""

    class Arguments:
        source_id = graphene.ID(required=True)
        target_id = graphene.ID(required=True)
        lines = graphene.List(graphene.NonNull(TransferItemInput), required=True)

    transfer = graphene.Field(Transfer)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        found = create_transfer(data["source_id"], data["target_id"], _wanted(data["lines"]))
        return {"id": str(found.pk)}


class TransferUpdate(TransferMutation):
    """Sets lines of a draft; one that has none left is withdrawn."""

    class Arguments:
        id = graphene.ID(required=True)
        lines = graphene.List(graphene.NonNull(TransferItemInput), required=True)

    transfer = graphene.Field(Transfer)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        return {"id": str(update_transfer(own_key(data["id"], "Transfer"), _wanted(data["lines"])).pk)}


class TransferApprove(TransferMutation):
    """Approves a draft: the source promises the units, the target counts on them."""

    class Arguments:
        id = graphene.ID(required=True)

    transfer = graphene.Field(Transfer)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        return {"id": str(approve_transfer(own_key(data["id"], "Transfer"), by=_asker(info)).pk)}


class TransferExpect(TransferMutation):
    """Says on which day a transfer is expected."""

    class Arguments:
        id = graphene.ID(required=True)
        on = graphene.Date(description="One of the shop's days; null: nobody knows.")

    transfer = graphene.Field(Transfer)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        return {"id": str(expect_transfer(own_key(data["id"], "Transfer"), data.get("on")).pk)}


class TransferShip(TransferMutation):
    """Takes goods off the source's stock, once for each reference; what does not leave is not owed."""

    class Arguments:
        id = graphene.ID(required=True)
        reference = graphene.String(required=True, description="Of the shipment, e.g. its waybill.")
        lines = graphene.List(
            graphene.NonNull(ShippingLineInput),
            description="What leaves; lines that are not named do not. Null: everything as planned.",
        )
        only_free = graphene.Boolean(
            default_value=False, description="Ship of each line what no order holds, instead of refusing."
        )

    transfer = graphene.Field(Transfer)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        lines = data.get("lines")
        shippings = None if lines is None else [Shipping(*row) for row in _rows(lines, "quantity")]
        transfer_id, only_free = own_key(data["id"], "Transfer"), data["only_free"]
        ship_transfer(transfer_id, data["reference"], shippings, only_free=only_free, by=_asker(info))
        return {"id": str(transfer_id)}


class TransferReceive(TransferMutation):
    """Books goods into the target's stock, once for each reference."""

    class Arguments:
        id = graphene.ID(required=True)
        reference = graphene.String(required=True, description="Of the arrival, e.g. its delivery note.")
        lines = graphene.List(graphene.NonNull(ArrivalLineInput), required=True)
        note = graphene.String(description="What became of units that are lost; required for them.")
        warehouse_id = graphene.ID(
            description="Where the goods are, when not at the target: they came back, or it is gone."
        )

    transfer = graphene.Field(Transfer)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        arrivals = [Arrival(*row) for row in _rows(data["lines"], "quantity", "lost")]
        handling = receive_transfer(
            own_key(data["id"], "Transfer"),
            data["reference"],
            arrivals,
            note=data.get("note") or "",
            warehouse_id=data.get("warehouse_id"),
            by=_asker(info),
        )
        return {"id": str(handling.transfer_id)}


class TransferCancel(TransferMutation):
    """Cancels a transfer that has not left."""

    class Arguments:
        id = graphene.ID(required=True)
        reason = graphene.String()

    transfer = graphene.Field(Transfer)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        reason, transfer_id = data.get("reason") or "", own_key(data["id"], "Transfer")
        return {"id": str(cancel_transfer(transfer_id, reason=reason, by=_asker(info)).pk)}


class TransferMutations:
    """A transfer's life."""

    transfer_create = TransferCreate.Field()
    transfer_update = TransferUpdate.Field()
    transfer_approve = TransferApprove.Field()
    transfer_expect = TransferExpect.Field()
    transfer_ship = TransferShip.Field()
    transfer_receive = TransferReceive.Field()
    transfer_cancel = TransferCancel.Field()


def _asker(info: Any) -> str:
    return info.context.asker.id or ""


def _wanted(lines: Sequence[Any]) -> list[Wanted]:
    return [Wanted(line["variant_id"], line["quantity"]) for line in _few(lines)]


def _rows(lines: Sequence[Any], *names: str) -> list[tuple[Any, ...]]:
    """The lines' keys and numbers, in their order."""
    keys = [
        own_key(row["line_id"], "TransferLine", field=f"lines.{i}.lineId")
        for i, row in enumerate(_few(lines))
    ]
    return [(str(key), *(row[name] for name in names)) for key, row in zip(keys, lines, strict=True)]


def _few(lines: Sequence[Any]) -> Sequence[Any]:
    if len(lines) > MAX_LINES:
        raise Invalid(f"At most {MAX_LINES} lines at once.", field="lines")
    return lines
