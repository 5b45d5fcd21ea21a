"""Transfers between warehouses, their lines, and what was shipped and received."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from ...kernel import clock
from ...kernel.errors import Conflict, NotFound
from ..domain import transfer as rules
from ..models import StockMovement, Transfer, TransferHandling, TransferLane, TransferLine

Pair = tuple[str, str]
_PAGE = 500


@dataclass
class Underway:
    """By (variant, warehouse): `incoming` units have not arrived, `outgoing` are promised and not shipped."""

    incoming: dict[Pair, int] = field(default_factory=dict)
    outgoing: dict[Pair, int] = field(default_factory=dict)


def with_lines() -> QuerySet[Transfer]:
    """All transfers with their lines and handlings, in a constant number of queries."""
    return Transfer.objects.prefetch_related("lines", "handlings")


def find(transfer_id: UUID) -> Transfer:
    """The transfer. Raises NotFound (field ``id``)."""
    transfer = Transfer.objects.filter(pk=transfer_id).first()
    if transfer is None:
        raise NotFound("There is no such transfer.", field="id")
    return transfer


def lock(transfer_id: UUID) -> Transfer:
    """The transfer, its row held for the transaction. Raises NotFound (field ``id``)."""
    transfer = Transfer.objects.select_for_update().filter(pk=transfer_id).first()
    if transfer is None:
        raise NotFound("There is no such transfer.", field="id")
    return transfer


def lock_open(variant_ids: Collection[str]) -> list[TransferLine]:
    """Open lines of the variants, their transfers and all drafts held.

    Two queries: the transfers first, in id order, so that an approval or a shipping is either wholly seen
    or waits.
    """
    wanted = TransferLine.objects.filter(open=True, variant_id__in=variant_ids)
    held = Transfer.objects.select_for_update().order_by("id")
    list(held.filter(Q(pk__in=wanted.values("transfer_id")) | Q(state=rules.DRAFT)).values_list("pk"))
    return list(wanted.select_related("transfer").order_by("id"))


def underway(variant_ids: Collection[str], *, but: UUID | None = None) -> Underway:
    """What transfers will take from and bring to each warehouse, in one query; `but` one left out."""
    lines = TransferLine.objects.filter(
        open=True, variant_id__in=variant_ids, transfer__state__in=rules.UNDERWAY
    )
    return add_up(line for line in lines.select_related("transfer") if line.transfer_id != but)


def add_up(lines: Iterable[TransferLine]) -> Underway:
    """`underway` of lines that were read before, with their transfers; drafts do not count."""
    found = Underway()
    for line in lines:
        promised = line.transfer.state in rules.PROMISED
        if promised:
            source = (line.variant_id, line.source_id)
            found.outgoing[source] = found.outgoing.get(source, 0) + line.quantity
        if line.transfer.state in rules.UNDERWAY:
            target = (line.variant_id, line.target_id)
            units = line.quantity if promised else line.shipped - line.received - line.lost
            found.incoming[target] = found.incoming.get(target, 0) + units
    return found


def move(transfer: Transfer, verb: str, **values: Any) -> None:
    """Take the transfer through its state machine. Raises Conflict when another was faster."""
    target = rules.MACHINE.target(transfer.state, verb)
    seen = Transfer.objects.filter(pk=transfer.pk, state=transfer.state)
    if seen.update(state=target, **values) != 1:
        raise Conflict("The transfer was changed meanwhile.", field="state")
    transfer.state = target
    for name, value in values.items():
        setattr(transfer, name, value)


def lines_of(transfer: Transfer) -> list[TransferLine]:
    """The transfer's lines, oldest first."""
    return list(transfer.lines.order_by("id"))


def drafts() -> dict[Pair, Transfer]:
    """Draft transfers by (source, target)."""
    return {(row.source_id, row.target_id): row for row in Transfer.objects.filter(state=rules.DRAFT)}


def new_draft(source_id: str, target_id: str) -> Transfer:
    """A draft from one warehouse to another, with the next number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('ops_restock_transfer_number')")
        (number,) = cursor.fetchone()
    return Transfer.objects.create(
        number=number, source_id=source_id, target_id=target_id, created=clock.now()
    )


def add_lines(lines: Sequence[TransferLine]) -> None:
    """Store new lines."""
    TransferLine.objects.bulk_create(lines)


def save_lines(lines: Sequence[TransferLine], fields: Sequence[str]) -> None:
    """Store `fields` of the lines."""
    TransferLine.objects.bulk_update(lines, fields)


def close_lines(transfer: Transfer) -> None:
    """Nothing of this transfer will be shipped."""
    transfer.lines.update(open=False, draft=False)


def drop_lines(lines: Iterable[TransferLine]) -> None:
    """Forget lines of drafts, and withdraw the drafts that have none left."""
    if ids := [line.pk for line in lines]:
        TransferLine.objects.filter(pk__in=ids, draft=True).delete()
    for transfer in Transfer.objects.filter(state=rules.DRAFT, lines__isnull=True):
        move(transfer, "withdraw", closed_at=clock.now(), reason="The need is gone.")


def handling(transfer: Transfer, kind: str, reference: str) -> TransferHandling | None:
    """What was shipped or received under that reference, if it was booked already."""
    return TransferHandling.objects.filter(transfer=transfer, kind=kind, reference=reference).first()


def book(handling: TransferHandling, movements: Sequence[StockMovement]) -> None:
    """Write a handling and its ledger entries."""
    handling.save(force_insert=True)
    StockMovement.objects.bulk_create(movements)


def lane_days(source_id: str, target_id: str) -> int | None:
    """Days that goods take from one warehouse to the other; None when nobody has said."""
    lanes = TransferLane.objects.filter(source_id=source_id, target_id=target_id, active=True)
    return lanes.values_list("days", flat=True).first()


def move_day(transfer: Transfer, day: date | None) -> bool:
    """Set the day on which it is expected; answers whether that changed anything."""
    changed = transfer.expected_on != day
    if changed:
        Transfer.objects.filter(pk=transfer.pk).update(expected_on=day)
        transfer.expected_on = day
    return changed


def differences() -> Iterator[TransferLine]:
    """Lines that are not what the ledger of movements and handlings adds up to, read in flat memory."""
    lines = TransferLine.objects.filter(draft=False).select_related("transfer").order_by("id")
    last: UUID | None = None
    while page := list((lines.filter(pk__gt=last) if last else lines)[:_PAGE]):
        yield from _differing(page)
        last = page[-1].pk


def _differing(lines: Sequence[TransferLine]) -> Iterator[TransferLine]:
    ids = [line.pk for line in lines]
    moved: dict[tuple[UUID, str], int] = {}
    rows = StockMovement.objects.filter(transfer_line_id__in=ids)
    for key, kind, units in rows.values_list("transfer_line_id", "handling__kind", "quantity"):
        moved[key, kind] = moved.get((key, kind), 0) + units
    lost: dict[str, int] = {}
    heads = {line.transfer_id for line in lines}
    arrivals = TransferHandling.objects.filter(transfer_id__in=heads, kind=TransferHandling.RECEIVE)
    for asked in arrivals.values_list("asked", flat=True):
        for row in asked["lines"]:
            lost[row["line_id"]] = lost.get(row["line_id"], 0) + row["lost"]
    for line in lines:
        told = (
            -moved.get((line.pk, TransferHandling.SHIP), 0),
            moved.get((line.pk, TransferHandling.RECEIVE), 0),
            lost.get(str(line.pk), 0),
        )
        waits = line.transfer.state == rules.APPROVED or line.shipped > line.received + line.lost
        if told != (line.shipped, line.received, line.lost) or line.open != waits:
            yield line
