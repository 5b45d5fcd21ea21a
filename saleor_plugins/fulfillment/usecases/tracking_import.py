"""Tracking numbers and states in bulk: the whole file is checked before anything is written."""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from django.db import transaction

from ...carriers.scans import same_again
from ...kernel import clock
from ...kernel.errors import Conflict, Invalid, OpsError
from ...platform import shop
from .. import store
from ..domain.parcels.shipment import CANCELED, SHIPMENT, TRACK, Scan, Source
from ..domain.parcels.tracking_file import Problem, TrackingLine, read_tracking
from ..models import Carrier, Shipment
from .change_shipment import locked, set_tracking
from .follow_parcels import follow_parcels
from .tracking_record import record

CHUNK = 500
MOST_LINES = 1000


@dataclass(frozen=True)
class Target:
    """A parcel that a line may mean; `shipment` is None for one that is not followed yet."""

    order_id: str
    fulfillment_id: str
    tracking_number: str
    shipment: Shipment | None = None


@dataclass(frozen=True)
class Step:
    """What a line will do."""

    line: TrackingLine
    target: Target
    carrier: Carrier | None


@dataclass
class Plan:
    """What a file comes to: how many lines it has, what they do, what is wrong."""

    lines: int = 0
    steps: list[Step] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class Imported:
    """What became of a file: lines read, lines written, and why the others were not."""

    lines: int
    applied: int
    problems: list[Problem]


def import_tracking(
    text: str,
    *,
    by: str = "",
    skip_bad: bool = False,
    dry_run: bool = False,
    notify_customer: bool = False,
) -> Imported:
    """Import a file of up to 1,000 lines in one transaction. Raises Invalid (``csv``)."""
    if text.count("\n") > MOST_LINES + 1:
        raise Invalid(f"More than {MOST_LINES} lines: use the command import_tracking.", field="csv")
    plan = plan_import(io.StringIO(text, newline=""))
    if dry_run or (plan.problems and not skip_bad):
        return Imported(plan.lines, 0, plan.problems)
    with transaction.atomic():
        for step in plan.steps:
            try:
                apply_step(step, by=by, notify_customer=notify_customer)
            except OpsError as error:
                where = f"Line {step.line.number}: {error.message}"
                raise Conflict(where, field="csv", code=error.code) from error
    return Imported(plan.lines, len(plan.steps), plan.problems)


def plan_import(lines: Iterable[str], *, progress: Callable[[int], None] = lambda done: None) -> Plan:
    """Check a file against the shop; nothing is written. Raises Invalid (``csv``) for a bad heading.

    `progress` is told how many lines were read.
    """
    plan = Plan()
    named: dict[str, str] = {}
    rows = read_tracking(lines, clock.now())
    while chunk := list(islice(rows, CHUNK)):
        plan.lines += len(chunk)
        plan.problems += [row for row in chunk if isinstance(row, Problem)]
        for found in _matched([row for row in chunk if isinstance(row, TrackingLine)]):
            again = isinstance(found, Step) and _told_otherwise(found, named)
            if isinstance(found, Step) and not again:
                plan.steps.append(found)
            else:
                plan.problems.append(again or found)  # type: ignore[arg-type]
        progress(plan.lines)
    plan.problems.sort(key=lambda row: row.line)
    return plan


def apply_import(
    plan: Plan,
    *,
    by: str = "",
    notify_customer: bool = False,
    progress: Callable[[int], None] = lambda done: None,
) -> list[Problem]:
    """Do what was planned, a transaction a line; answers the lines that failed because a parcel changed."""
    failed = []
    for done, step in enumerate(plan.steps, 1):
        try:
            apply_step(step, by=by, notify_customer=notify_customer)
        except OpsError as error:
            failed.append(Problem(step.line.number, error.field or "", error.message, error.code))
        progress(done)
    return failed


def apply_step(step: Step, *, by: str = "", notify_customer: bool = False) -> None:
    """Write one line; the same line again changes nothing. Raises kernel errors."""
    line, target = step.line, step.target
    with transaction.atomic():
        row = target.shipment or _followed(target)
        if line.tracking_number or step.carrier:
            number = line.tracking_number or row.tracking_number
            row = set_tracking(
                row.pk,
                number,
                carrier=step.carrier,
                notify_customer=notify_customer,
                by=by,
                source=Source.CSV,
            )
        if line.status:
            row = locked(row.pk)
            at = line.time or store.last_word(row)
            key = same_again("csv", row.tracking_number, line.status, line.time or "")
            record(row, [Scan(line.status, at, Source.CSV, key)], by=by)


def _followed(target: Target) -> Shipment:
    follow_parcels(target.order_id)
    return store.shipments_of_fulfillments([target.fulfillment_id])[0]


def _matched(lines: Collection[TrackingLine]) -> Iterator[Step | Problem]:
    """Each line with its parcel and carrier, in a constant number of queries."""
    ids = shop().order_ids({line.order for line in lines if line.order and not line.fulfillment})
    by_fulfillment = {
        row.fulfillment_id: _target(row)
        for row in store.shipments_of_fulfillments({line.fulfillment for line in lines if line.fulfillment})
    }
    by_order: dict[str, list[Target]] = {order_id: [] for order_id in ids.values()}
    for row in store.shipments_of_orders(list(by_order)):
        by_order[row.order_id].append(_target(row))
    carriers = store.carriers_named({line.carrier for line in lines if line.carrier})
    for line in lines:
        if line.fulfillment:
            found = by_fulfillment.get(line.fulfillment) or Problem(
                line.number, "fulfillment", "No such parcel.", "NOT_FOUND"
            )
        elif line.order not in ids:
            found = Problem(line.number, "order", "No such order.", "NOT_FOUND")
        else:
            found = _one_of(line, by_order[ids[line.order]] or _unfollowed(ids[line.order]))
        if isinstance(found, Target):
            yield _checked(line, found, carriers.get(line.carrier.casefold()))
        else:
            yield found


def _target(row: Shipment) -> Target:
    return Target(row.order_id, row.fulfillment_id, row.tracking_number, row)


def _unfollowed(order_id: str) -> list[Target]:
    """Parcels that somebody made in Saleor and no hook has reported yet."""
    rows = shop().fulfillments(order_id)
    return [
        Target(order_id, row.id, row.tracking_number)
        for row in rows
        if row.status == "FULFILLED" and row.lines
    ]


def _one_of(line: TrackingLine, targets: Collection[Target]) -> Target | Problem:
    """The parcel of an order that a line means: the one with its number, else the only one without."""
    rows = [row for row in targets if row.shipment is None or row.shipment.state != CANCELED]
    if not rows:
        return Problem(line.number, "order", "The order has no parcel yet.", "NOT_FOUND")
    same = [row for row in rows if line.tracking_number and row.tracking_number == line.tracking_number]
    blank = [row for row in rows if not row.tracking_number]
    for choice in (same, rows, blank if line.tracking_number else []):
        if len(choice) == 1:
            return choice[0]
    text = f"The order has {len(rows)} parcels: name the fulfillment."
    return Problem(line.number, "order", text, "AMBIGUOUS")


def _checked(line: TrackingLine, target: Target, carrier: Carrier | None) -> Step | Problem:
    if line.carrier and carrier is None:
        return Problem(line.number, "carrier", "No such carrier.", "NOT_FOUND")
    row = target.shipment
    if row is not None:
        number = line.tracking_number or row.tracking_number
        moved_by = carrier.pk if carrier else row.carrier_id
        changes = (number, moved_by) != (row.tracking_number, row.carrier_id)
        if row.state == CANCELED or (changes and not SHIPMENT.allows(row.state, TRACK)):
            return Problem(line.number, "", f"The parcel is {row.state}.", "CONFLICT")
    return Step(line, target, carrier)


def _told_otherwise(step: Step, named: dict[str, str]) -> Problem | None:
    """A problem when an earlier line gives the same parcel another number."""
    number = step.line.tracking_number
    if not number:
        return None
    if named.setdefault(step.target.fulfillment_id, number) == number:
        return None
    text = "An earlier line gives this parcel another number."
    return Problem(step.line.number, "tracking_number", text, "DUPLICATE")
