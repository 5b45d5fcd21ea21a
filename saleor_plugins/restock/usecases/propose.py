"""Store what a page of variants needs: suggestions and draft transfers, again and again without doubling."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from ...platform.port import Variant
from ..domain.explain import Words, explain
from ..domain.facts import Seen
from ..domain.rule import Advice
from ..models import ForecastMade, PurchaseOrderLine, SuggestedTransfer, Suggestion, TransferLine
from ..store import forecasts, orders, suggestions, transfers
from .assess import Page, Run
from .positions import Pair


def propose(page: Page, run: Run, now: datetime) -> set[UUID]:
    """Store the page's suggestions and transfers; answers the draft transfers it wrote to.

    Draft orders are written afterwards, when all needs are known (`draft_orders`); those of this page
    that nobody needs any more are dropped here.
    """
    orders.drop_lines(_unneeded(page, run))
    moved = _draft_transfers(page, run)
    rows = [_suggestion(advice, page, run, now) for advice in page.advices]
    suggestions.replace(rows, list(page.variants), run.warehouse_id)
    if run.keeps_forecasts:
        forecasts.keep(_forecast(seen, run) for seen in page.seen if seen.outlook.per_day > 0)
    found = {(row.variant_id, row.warehouse_id): row for row in rows}
    suggestions.add_transfers(
        SuggestedTransfer(
            suggestion=found[variant, target], source_id=source, quantity=line.quantity, line=line
        )
        for (variant, source, target), line in moved.items()
    )
    return {line.transfer_id for line in moved.values()}


def _forecast(seen: Seen, run: Run) -> ForecastMade:
    need, outlook = seen.need, seen.outlook
    return ForecastMade(
        variant_id=need.variant_id,
        warehouse_id=need.warehouse_id,
        made_on=run.today,
        days=round(outlook.period),
        expected=outlook.expected,
        deviation=outlook.deviation,
    )


def _unneeded(page: Page, run: Run) -> Iterator[PurchaseOrderLine]:
    needed = {_pair(advice) for advice in page.advices if advice.seen.offer and advice.bought.quantity}
    for pair, lines in page.positions.lines.items():
        if pair not in needed and run.warehouse_id in (None, pair[1]):
            yield from (line for line in lines if line.draft and not line.by_hand)


def _draft_transfers(page: Page, run: Run) -> dict[tuple[str, str, str], TransferLine]:
    """Make the page's draft transfers what was planned; a person's stay as they are."""
    known = {
        (line.variant_id, line.source_id, line.target_id): line
        for line in page.positions.moves
        if line.draft and run.warehouse_id in (None, line.target_id)
    }
    drafts = transfers.drafts()
    wanted: dict[tuple[str, str, str], TransferLine] = {}
    new: list[TransferLine] = []
    again: list[TransferLine] = []
    for advice in page.advices:
        for move in advice.moves:
            key = (move.variant_id, move.source_id, move.target_id)
            line = known.get(key)
            variant = page.variants[move.variant_id]
            ends = key[1:]
            if ends not in drafts:
                drafts[ends] = transfers.new_draft(*ends)
            line = line or TransferLine(variant_id=key[0], source_id=ends[0], target_id=ends[1])
            (again if key in known else new).append(line)
            line.transfer, line.quantity = drafts[ends], move.quantity
            line.sku, line.name = variant.sku, line_name(variant)
            wanted[key] = line
    transfers.add_lines(new)
    transfers.save_lines(again, ["transfer", "quantity", "sku", "name"])
    transfers.drop_lines(line for key, line in known.items() if key not in wanted and not line.by_hand)
    return wanted


def line_name(variant: Variant) -> str:
    """The variant as orders and transfers name it."""
    return " – ".join(part for part in (variant.product_name, variant.name) if part)[:400]


def _pair(advice: Advice) -> Pair:
    return advice.seen.need.variant_id, advice.seen.need.warehouse_id


def _suggestion(advice: Advice, page: Page, run: Run, now: datetime) -> Suggestion:
    seen, bought = advice.seen, advice.bought
    need, outlook, offer = seen.need, seen.outlook, seen.offer
    position, variant = need.position, page.variants[need.variant_id]
    words = Words(run.policy, run.currency, {house.id: house.name for house in run.warehouses.values()})
    return Suggestion(
        variant_id=need.variant_id,
        warehouse_id=need.warehouse_id,
        sku=variant.sku,
        name=line_name(variant),
        supplier_id=offer.terms.supplier_id if offer else None,
        line=page.positions.draft(_pair(advice)) if offer and bought.quantity else None,
        demand_per_day=outlook.per_day,
        lead_days=outlook.lead.mean,
        lead_deviation=outlook.lead.deviation,
        review_days=run.policy.review_days,
        service_level=outlook.level or run.policy.service_level,
        expected=outlook.expected,
        deviation=outlook.deviation,
        reorder_point=advice.want.point,
        target=advice.want.target,
        on_hand=position.on_hand,
        allocated=position.allocated,
        on_order=position.on_order,
        incoming=position.incoming,
        outgoing=position.outgoing,
        need=advice.need,
        transferred=advice.transferred,
        quantity=bought.quantity,
        price=bought.price,
        price_currency=offer.terms.currency if offer and bought.price is not None else "",
        amount=advice.amount if bought.quantity else None,
        value=advice.waiting,
        currency=run.currency,
        abc=need.abc,
        xyz=outlook.xyz,
        flags=[flag.value for flag in advice.flags],
        explanation=explain(advice, words),
        updated=now,
    )
