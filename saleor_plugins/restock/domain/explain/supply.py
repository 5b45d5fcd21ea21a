"""Where the units come from, what they cost, and what waiting would."""

from __future__ import annotations

from ..buying import Bought
from ..rule import Advice
from ..supplier import Terms
from ..transfers_plan import Move, Refused, Why
from .words import Words, days, joined, number, units


def supply(advice: Advice, words: Words) -> list[str]:
    """Transfers, the order and its price, then what a week's delay loses."""
    said = [_moved(move, words) for move in advice.moves]
    said += [_refused(refused, advice, words) for refused in advice.refused]
    said.append(_quantity(advice))
    said += _price(advice, words)
    if advice.waiting is not None and advice.waiting > 0:
        said.append(f"A week later is expected to lose {words.money(advice.waiting)} of margin.")
    return said


def _moved(move: Move, words: Words) -> str:
    return (
        f"{words.house(move.source_id)} can spare {units(move.quantity)} and still has enough for itself:"
        f" they come from there in {days(move.days)} instead of being bought."
    )


def _refused(refused: Refused, advice: Advice, words: Words) -> str:
    said = f"{words.house(refused.source_id)} could spare {units(refused.quantity)}, but"
    if refused.why is Why.SLOWER:
        return (
            f"{said} a transfer takes {days(refused.days)} and buying {days(advice.seen.outlook.lead.mean)}."
        )
    if refused.why is Why.DEARER:
        return f"{said} a transfer costs {words.money(refused.cost or 0)}, more than it would save."
    return f"{said} the cost of a transfer is in a currency without a rate."


def _quantity(advice: Advice) -> str:
    aim = f"Filling up to {advice.want.target} takes {units(advice.need)}"
    moved, bought = advice.transferred, advice.bought
    if moved:
        part = "which all" if moved >= advice.need else f"of which {number(moved)}"
        aim += f", {part} come from other warehouses"
    if not bought.quantity:
        return f"{aim}; nothing has to be bought."
    offer = advice.seen.offer
    if offer is None or bought.rounded.quantity == advice.need - moved:
        return f"{aim}." if not moved else f"{aim}; {units(bought.rounded.quantity)} are bought."
    return f"{aim}; {_packed(offer.terms, bought)}, so {units(bought.rounded.quantity)} are ordered."


def _packed(terms: Terms, bought: Bought) -> str:
    why = []
    if bought.rounded.by_moq:
        why.append(f"sells at least {terms.moq}")
    if bought.rounded.by_pack or terms.pack > 1:
        why.append(f"packs {terms.pack} together")
    return f"{terms.supplier} {joined(why)}"


def _price(advice: Advice, words: Words) -> list[str]:
    bought, offer, seen = advice.bought, advice.seen.offer, advice.seen
    if offer is None or bought.price is None or not bought.quantity:
        return []
    terms = offer.terms
    said = []
    if bought.broke and bought.before is not None:
        said.append(
            f"{units(bought.quantity)} cost {words.money(bought.price, terms.currency)} each instead of"
            f" {words.money(bought.before, terms.currency)}, which pays: the order is for {bought.quantity}."
        )
    total = words.money(bought.quantity * bought.price, terms.currency)
    best = ""
    if seen.rivals and not seen.mixed:
        others = "the other" if seen.rivals == 1 else f"{seen.rivals} others"
        best = f", who costs less a year than {others}, delivery counted"
    said.append(f"That is {total} at {terms.supplier}{best}.")
    return said
