"""From what is known of a page of needs to what to do: transfers first, then purchases."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from saleor_plugins.kernel.money import exponent

from .buying import NOTHING, Bought, buy
from .choose import choose
from .facts import Need, Policy, Seen
from .histories import Histories
from .lifts import Lifts
from .outlook import Row, outlooks, rows, supply_of, waiting
from .rule import Advice, Want, flags, want
from .transfers_plan import Lane, Pair, Place, Plan, Way, idle_cost, plan, surplus

NO_LIFTS = Lifts()


@dataclass(frozen=True)
class Terrain:
    """What is alike for all needs of a page: the policy, the run's currency, the ways between warehouses.

    Only needs for which `asked` holds are advised on; the others can still give. `taken` as in `plan`.
    """

    policy: Policy
    currency: str
    lanes: Sequence[Lane] = ()
    asked: Collection[str] | None = None
    taken: Collection[Way] = ()


def advise(needs: Sequence[Need], past: Histories, terrain: Terrain, lifts: Lifts = NO_LIFTS) -> list[Advice]:
    """What to do for every need whose position is below its reorder point, in the order of `needs`.

    `past` has a row for each need, `lifts` its seasons and promotions.
    """
    return decide(look(needs, past, terrain, lifts), past, terrain, lifts)


def look(needs: Sequence[Need], past: Histories, terrain: Terrain, lifts: Lifts = NO_LIFTS) -> list[Seen]:
    """Every need with the offer it would be bought by and what it will sell."""
    every = rows(needs, terrain.policy)
    return choose(every, outlooks(every, past, terrain.policy, terrain.currency, lifts))


def decide(seen: Sequence[Seen], past: Histories, terrain: Terrain, lifts: Lifts = NO_LIFTS) -> list[Advice]:
    """The advice for those of `seen` that are short."""
    wants = [want(one.outlook, one.need.limits) for one in seen]
    short = [at for at, one in enumerate(seen) if _short(one, wants[at], past, terrain)]
    value = _waiting(short, seen, past, terrain, lifts)
    found = plan(
        _places(seen, wants, value, short, terrain.policy.holding_rate), terrain.lanes, terrain.taken
    )
    return [_advice(seen[at], wants[at], found, value[at], terrain) for at in short]


def _short(one: Seen, levels: Want, past: Histories, terrain: Terrain) -> bool:
    need = one.need
    if terrain.asked is not None and need.warehouse_id not in terrain.asked:
        return False
    if not need.limits.reorder or need.variant_id in past.kits:
        return False
    return need.position.units < levels.point


def _waiting(
    short: Sequence[int], seen: Sequence[Seen], past: Histories, terrain: Terrain, lifts: Lifts
) -> Mapping[int, int | None]:
    """What a week's delay loses for each need that is short, None where a lost unit has no price."""
    chosen = [_row(at, seen[at]) for at in short]
    supply = supply_of(chosen, terrain.policy, terrain.currency)
    lost = waiting(chosen, past, supply, [seen[at].need.position.units for at in short], lifts)
    known = (None if row.lost is None else round(float(cost)) for row, cost in zip(chosen, lost, strict=True))
    return dict(zip(short, known, strict=True))


def _row(at: int, one: Seen) -> Row:
    return Row(at, one.need, one.offer, one.outlook.lead, None, one.outlook.lost, None)


def _places(
    seen: Sequence[Seen],
    wants: Sequence[Want],
    value: Mapping[int, int | None],
    short: Sequence[int],
    holding_rate: float,
) -> list[Place]:
    needy = set(short)
    places = []
    for at, (one, levels) in enumerate(zip(seen, wants, strict=True)):
        need, outlook = one.need, one.outlook
        gap = levels.target - need.position.units if at in needy else 0
        spare = surplus(levels.point, levels.target, need.position.units, need.position.free)
        places.append(
            Place(
                need.variant_id,
                need.warehouse_id,
                gap,
                spare,
                idle_cost(spare, outlook.per_day, outlook.holding, outlook.holding / holding_rate),
                float(value.get(at) or 0),
                outlook.lead.mean if one.offer else None,
            )
        )
    return places


def _advice(one: Seen, levels: Want, found: Plan, value: int | None, terrain: Terrain) -> Advice:
    key: Pair = (one.need.variant_id, one.need.warehouse_id)
    moves = tuple(found.moves.get(key, ()))
    need = levels.target - one.need.position.units
    bought = _buy(one, levels, sum(move.quantity for move in moves), terrain)
    refused = tuple(found.refused.get(key, ()))
    return Advice(one, levels, need, moves, refused, bought, value, flags(one, bought))


def _buy(one: Seen, levels: Want, moved: int, terrain: Terrain) -> Bought:
    """What transfers leave to buy: nothing once they reach the reorder point."""
    reached = one.need.position.units + moved
    if reached >= levels.point:
        return NOTHING
    maximum, offer, policy = one.need.limits.maximum, one.offer, terrain.policy
    rate = offer.rate if offer and offer.rate else 1.0
    return buy(
        levels.target - reached,
        offer.terms if offer else None,
        least=levels.point - reached,
        room=None if maximum is None else max(maximum - reached, 0),
        per_day=one.outlook.per_day,
        order_cost=float(policy.order_cost) * 10 ** exponent(terrain.currency) / rate,
        holding_rate=policy.holding_rate,
    )
