"""Turn a page of needs into lines of draft orders and suggestions: again and again without doubling."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from ..domain.explain import explain
from ..domain.supplier import Terms
from ..models import PurchaseOrder, PurchaseOrderLine, Suggestion
from ..store import orders, suggestions
from .assess import Need, Page, Run


def propose(page: Page, run: Run, now: datetime) -> set[UUID]:
    """Store the page's suggestions and draft lines; answers the drafts it wrote to.

    A need has one draft line, which takes the new quantity; what is owed already counts as stock to come.
    Draft lines of this page that nobody needs any more are dropped.
    """
    drafts = orders.drafts()
    new: list[PurchaseOrderLine] = []
    again: list[PurchaseOrderLine] = []
    rows: list[Suggestion] = []
    for need in page.needs:
        line = _line(need, drafts)
        if line:
            (again if need.line else new).append(line)
        rows.append(_suggestion(need, line, run, now))
    orders.add_lines(new)
    orders.save_lines(again, ["order", "ordered", "price", "sku", "name"])
    orders.drop_lines(_unneeded(page, run))
    suggestions.replace(rows, [variant.id for variant in page.variants], run.warehouse_id)
    return {line.order_id for line in new + again}


def _line(need: Need, drafts: dict[tuple[str, str, str], PurchaseOrder]) -> PurchaseOrderLine | None:
    """The draft line for this need, not stored yet; None without a supplier."""
    terms = need.advice.terms
    if terms is None:
        return None
    line = need.line or PurchaseOrderLine(variant_id=need.variant.id, warehouse_id=need.warehouse_id)
    line.order = _draft(terms, need.warehouse_id, drafts)
    line.ordered, line.price = need.advice.quantity, terms.price
    line.sku, line.name = need.variant.sku, _name(need)
    return line


def _draft(
    terms: Terms, warehouse_id: str, drafts: dict[tuple[str, str, str], PurchaseOrder]
) -> PurchaseOrder:
    key = (terms.supplier_id, warehouse_id, terms.currency)
    if key not in drafts:
        drafts[key] = orders.new_draft(terms, warehouse_id)
    return drafts[key]


def _unneeded(page: Page, run: Run) -> Iterable[PurchaseOrderLine]:
    needed = {(need.variant.id, need.warehouse_id) for need in page.needs if need.advice.terms}
    for pair, lines in page.open_lines.items():
        if pair not in needed and run.warehouse_id in (None, pair[1]):
            yield from (line for line in lines if line.draft and not line.by_hand)


def _name(need: Need) -> str:
    variant = need.variant
    return " – ".join(part for part in (variant.product_name, variant.name) if part)[:400]


def _suggestion(need: Need, line: PurchaseOrderLine | None, run: Run, now: datetime) -> Suggestion:
    advice, found, position = need.advice, need.advice.forecast, need.advice.position
    return Suggestion(
        variant_id=need.variant.id,
        warehouse_id=need.warehouse_id,
        sku=need.variant.sku,
        name=_name(need),
        supplier_id=advice.terms.supplier_id if advice.terms else None,
        line=line,
        demand_per_day=found.per_day,
        lead_days=need.lead_days,
        review_days=run.policy.review_days,
        service_level=run.policy.service_level,
        expected=found.expected,
        deviation=found.deviation,
        reorder_point=advice.reorder_point,
        target=advice.target,
        on_hand=position.on_hand,
        allocated=position.allocated,
        on_order=position.on_order,
        need=advice.need,
        quantity=advice.quantity,
        flags=[flag.value for flag in advice.flags],
        explanation=explain(advice, run.policy, need.share),
        updated=now,
    )
