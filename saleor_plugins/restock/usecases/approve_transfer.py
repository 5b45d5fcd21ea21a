"""Approve a transfer: its source promises the units, its target may count on them."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from ...delivery import emit
from ...kernel import clock
from ...kernel.errors import Conflict, Invalid, NotFound
from ...platform import shop
from ..domain import transfer as rules
from ..models import Transfer
from ..store import transfers
from .transfers import as_lines, describe, locked_free

EXPECTED_MOVED = "restock.expected_moved"
"""Tells this room that goods on their way come on another day."""


def approve_transfer(transfer_id: UUID, *, by: str = "") -> Transfer:
    """Approve the transfer as it stands.

    Free units that another approved transfer will take do not count: one surplus is promised once. Raises
    NotFound (``id``), Conflict unless it is a draft, InsufficientStock (``lines.i.quantity``), NotFound
    (``sourceId``, ``targetId``) for a warehouse that is gone.
    """
    with transaction.atomic():
        transfer = transfers.lock(transfer_id)
        rules.MACHINE.target(transfer.state, "approve")
        lines = transfers.lines_of(transfer)
        _check_ends(transfer)
        free = locked_free(lines, transfer.source_id)
        promised = transfers.underway(list(free)).outgoing
        left = {key: units - promised.get((key, transfer.source_id), 0) for key, units in free.items()}
        rules.check_promise(as_lines(lines), left)
        for line in lines:
            line.draft = False
        transfers.save_lines(lines, ["draft"])
        day = transfer.expected_on or expected_day(transfer)
        transfers.move(transfer, "approve", approved_at=clock.now(), approved_by=by, expected_on=day)
        emit("transfer.approved", describe(transfer, lines))
    return transfer


def expect_transfer(transfer_id: UUID, day: date | None) -> Transfer:
    """Say on which of the shop's days the transfer is expected; None: nobody knows.

    Raises NotFound (``id``), Invalid (``on``) for a day that is over, Conflict when it has ended.
    """
    if day is not None and day < today():
        raise Invalid("Must not be in the past.", field="on")
    with transaction.atomic():
        transfer = transfers.lock(transfer_id)
        if transfer.state in (rules.RECEIVED, rules.CANCELED):
            raise Conflict(f"It is {transfer.state}: nothing is on its way.", field="state")
        if transfers.move_day(transfer, day):
            ids = [line.variant_id for line in transfers.lines_of(transfer)]
            emit(EXPECTED_MOVED, {"variantIds": ids})
    return transfer


def expected_day(transfer: Transfer) -> date | None:
    """The day on which goods that leave today arrive; None when the lane has no days."""
    days = transfers.lane_days(transfer.source_id, transfer.target_id)
    return None if days is None else today() + timedelta(days=days)


def today() -> date:
    """The shop's day."""
    return clock.day_of(clock.now(), shop().time_zone())


def _check_ends(transfer: Transfer) -> None:
    known = {house.id for house in shop().warehouses()}
    for warehouse_id, field in ((transfer.source_id, "sourceId"), (transfer.target_id, "targetId")):
        if warehouse_id not in known:
            raise NotFound("This warehouse is gone.", field=field)
