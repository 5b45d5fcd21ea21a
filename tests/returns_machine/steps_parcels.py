"""What arrives in the warehouse, and what becomes of it."""

from __future__ import annotations

from uuid import uuid4

from saleor_plugins.returns.domain.dispositions import Disposition
from saleor_plugins.returns.models import Followup, Inspection, ReturnLine, StrayParcel
from saleor_plugins.returns.store import buckets
from saleor_plugins.returns.usecases.follow_up import follow_up
from saleor_plugins.returns.usecases.inspect_return import Judgement, inspect_return
from saleor_plugins.returns.usecases.receive_parcel import receive_parcel
from saleor_plugins.returns.usecases.receive_unannounced import receive_unannounced
from saleor_plugins.returns.usecases.stray_parcels import add_stray, dismiss_stray, match_stray

from .steps import step
from .steps_desk import ABSURD, available
from .world import STAFF, World


@step(8)
def receive(world: World) -> object:
    """Some of what is awaited arrives."""
    dice = world.dice
    lines = world.lines("APPROVED", "RECEIVING", at=lambda row: buckets(row).awaited > 0)
    if not lines:
        return False
    rma = dice.one(lines).rma_id
    items = [(row.pk, dice.number(1, buckets(row).awaited)) for row in lines if row.rma_id == rma]
    # Units that went back in the shop's own screens may not be there any more.
    must = not any(world.back_elsewhere.values())
    return world.do(receive_parcel, STAFF, rma, world.warehouse().id, items, must=must)


@step(2)
def receive_badly(world: World) -> object:
    """More than expected, nonsense, the same line twice, into no warehouse."""
    dice = world.dice
    lines = world.lines()
    if not lines:
        return False
    line = dice.one(lines)
    units = dice.one([buckets(line).awaited + 1, *ABSURD])
    items = dice.one([[], [(line.pk, units)], [(line.pk, 1), (line.pk, 1)], [(uuid4(), 1)]])
    house = dice.one([world.warehouse().id, "", "V2FyZWhvdXNlOjE="])
    return world.do(receive_parcel, STAFF, dice.one(lines).rma_id, house, items)


@step(8)
def inspect(world: World) -> object:
    """Some of what arrived is judged; one line may have several judgements."""
    dice = world.dice
    lines = world.lines("RECEIVING", at=lambda row: buckets(row).uninspected > 0)
    if not lines:
        return False
    rma = dice.one(lines).rma_id
    judgements: list[Judgement] = []
    for line in lines:
        if line.rma_id == rma:
            judgements += _judgements(world, line)
    done = world.do(inspect_return, STAFF, rma, judgements, must=not world.dropped)
    if done:
        count_restocked(world, {line.pk: line for line in lines}, judgements)
    return True


def _judgements(world: World, line: ReturnLine) -> list[Judgement]:
    dice, left, found = world.dice, buckets(line).uninspected, []
    while left:
        units = dice.number(1, left)
        house = dice.one([*world.houses, None])
        found.append(Judgement(line.pk, units, dice.one(KINDS).value, house.id if house else "", "A"))
        left -= units
        if dice.often(0.3):
            break
    return found


# What is put back into stock most of the time.
KINDS = [Disposition.RESTOCK, Disposition.RESTOCK, *Disposition]


def count_restocked(world: World, lines: dict[object, ReturnLine], judgements: list[Judgement]) -> None:
    """Count along what was said to be restocked."""
    for row in judgements:
        account = lines[row.return_line_id].line
        if row.disposition == Disposition.RESTOCK and account.tracks_stock:
            world.shelves[account.variant_id] += row.quantity


@step(2)
def inspect_badly(world: World) -> object:
    """Units that are not there, twice the same, a disposition that does not exist."""
    dice = world.dice
    lines = world.lines()
    if not lines:
        return False
    line = dice.one(lines)
    much = buckets(line).uninspected
    units = dice.one([much + 1, *ABSURD])
    house = dice.one(world.houses).id
    rows = dice.one(
        [
            [],
            [Judgement(line.pk, units, "RESTOCK", house)],
            [Judgement(line.pk, max(much, 1), "RESTOCK", house), Judgement(line.pk, 1, "SCRAP", house)],
            [Judgement(line.pk, 1, "EAT", house)],
            [Judgement(line.pk, 1, "RESTOCK", "V2FyZWhvdXNlOjE=")],
            [Judgement(uuid4(), 1, "RESTOCK", house)],
        ]
    )
    return world.do(inspect_return, STAFF, dice.one(lines).rma_id, rows)


@step(2)
def receive_more(world: World) -> object:
    """Late, kept and missing units, and some that nobody asked to return."""
    dice = world.dice
    lines = world.lines("APPROVED", "EXPIRED", "RECEIVING")
    if not lines:
        return False
    line = dice.one(lines)
    now = buckets(line)
    units = dice.number(1, max(now.awaited + now.missing + now.kept, 1) + dice.one([0, 0, 1]))
    name = dice.one([line.pk, line.line_id, dice.one(world.order().lines).id])
    return world.do(
        receive_parcel,
        STAFF,
        line.rma_id,
        world.warehouse().id,
        [(name, units)],
        tracking_number=dice.one(["", "N1"]),
        accept_unexpected=dice.often(0.5),
    )


@step(1)
def receive_unannounced_parcel(world: World) -> object:
    dice, order = world.dice, world.order()
    left = available(world, order)
    items = [(key, dice.number(1, units)) for key, units in left.items() if units > 0]
    if not items or dice.often(0.1):
        items = [(dice.one(order.lines).id, dice.one([1, *ABSURD]))]  # type: ignore[list-item]
    return world.do(receive_unannounced, STAFF, order.id, world.warehouse().id, items)


@step(1)
def stray(world: World) -> object:
    """A parcel of nobody's, which turns out to be somebody's or not."""
    dice = world.dice
    rows = list(StrayParcel.objects.order_by("pk"))
    found = world.returns()
    if not rows or not found or dice.often(0.3):
        return world.do(add_stray, STAFF, world.warehouse().id, dice.one(["", "N9"]), dice.one(["", "a box"]))
    row = dice.one(rows)
    if dice.often(0.5):
        return world.do(match_stray, STAFF, row.pk, dice.one(found).pk)
    return world.do(dismiss_stray, STAFF, row.pk, "not ours")


@step(2)
def follow_up_later(world: World) -> object:
    """What was put aside is sold again, or thrown away."""
    dice = world.dice
    rows = list(Inspection.objects.filter(disposition__in=["REFURBISH", "QUARANTINE"]).order_by("pk"))
    if not rows or dice.often(0.05):
        rows = list(Inspection.objects.order_by("pk")) or [Inspection(pk=uuid4())]
    row = dice.one(rows)
    gone = sum(Followup.objects.filter(inspection=row).values_list("quantity", flat=True))
    units = dice.number(1, max((row.quantity or 0) - gone, 0) + 1)
    outcome, house = dice.one(["RESTOCK", "SCRAP"]), dice.one(["", world.warehouse().id])
    done = world.do(follow_up, STAFF, row.pk, units, outcome, house)
    if done and outcome == "RESTOCK" and world.tracks(row.variant_id):
        world.shelves[row.variant_id] += units
    return True
