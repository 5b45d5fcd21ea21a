"""What arrives in the warehouse, and what becomes of it."""

from __future__ import annotations

from collections import Counter
from uuid import uuid4

from saleor_plugins.returns.domain.dispositions import Disposition
from saleor_plugins.returns.models import ReturnLine
from saleor_plugins.returns.store import buckets
from saleor_plugins.returns.usecases.inspect_return import Judgement, inspect_return
from saleor_plugins.returns.usecases.receive_parcel import receive_parcel

from .steps import step
from .steps_desk import ABSURD
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
    gone = any(not line.line.variant_id for line in lines)
    done = world.do(inspect_return, STAFF, rma, judgements, must=not gone)
    if done:
        _count_restocked(world, {line.pk: line for line in lines}, judgements)
    return True


def _judgements(world: World, line: ReturnLine) -> list[Judgement]:
    dice, left, found = world.dice, buckets(line).uninspected, []
    while left:
        units = dice.number(1, left)
        house = dice.one(world.houses).id
        found.append(Judgement(line.pk, units, dice.one(KINDS).value, house, dice.one(["", "A", "B"])))
        left -= units
        if dice.often(0.3):
            break
    return found


# What is put back into stock most of the time.
KINDS = [Disposition.RESTOCK, Disposition.RESTOCK, *Disposition]


def _count_restocked(world: World, lines: dict[object, ReturnLine], judgements: list[Judgement]) -> None:
    for row in judgements:
        account = lines[row.return_line_id].line
        if row.disposition == Disposition.RESTOCK and account.tracks_stock:
            world.on_hand[account.variant_id, row.warehouse_id] += row.quantity


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


def restocked(world: World) -> Counter[tuple[str, str]]:
    """What the shop should have on its shelves."""
    return +world.on_hand
