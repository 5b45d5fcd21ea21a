"""An order as a supplier gets it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from ...http.languages import LANGUAGES
from ...kernel import clock
from ...kernel.errors import NotFound
from ...platform import shop
from ..domain.paper import Paper, PaperLine, compare, read
from ..models import PurchaseOrder, PurchaseOrderLine, SentOrder
from ..settings import values
from ..store import orders, sending


def paper_of(order: PurchaseOrder) -> Paper:
    """The order's revision as it was sent, or begun to be; as it stands now when it was not."""
    row = sending.find(order, order.revision)
    return read(row.document) if row else order_paper(order)


def order_paper(order: PurchaseOrder) -> Paper:
    """The order's revision as it stands now, with what is different from the one the supplier has."""
    paper = _paper(order, (_line(line, line.ordered) for line in orders.lines_of(order)))
    before = sending.last_out(order, before=order.revision)
    if before is None:
        return paper
    changes = compare(read(before.document).lines, paper.lines)
    return replace(paper, replaces=before.revision, changes=changes)


def cancel_paper(order: PurchaseOrder, last: SentOrder) -> Paper:
    """The word that nothing more of the order is wanted: its lines are what was still owed."""
    owed = [(line, line.ordered - line.received) for line in orders.lines_of(order)]
    paper = _paper(order, (_line(line, units) for line, units in owed if units > 0))
    return replace(paper, cancels=True, revision=last.revision)


def link_ends() -> int:
    """When a link that is made now ends, in seconds since 1970."""
    return int((clock.now() + timedelta(days=values()["order_link_days"])).timestamp())


def _paper(order: PurchaseOrder, lines: Iterable[PaperLine]) -> Paper:
    found, site, zone = values(), shop().site(), shop().time_zone()
    supplier = order.supplier
    return Paper(
        number=order.number,
        revision=order.revision,
        cancels=False,
        language=supplier.language if supplier.language in LANGUAGES else LANGUAGES[0],
        currency=order.currency,
        placed_on=clock.day_of(order.approved_at or order.created, zone).isoformat(),
        wanted_on=_wanted(order),
        until=link_ends(),
        paper=found["order_paper"],
        shop=found["order_sender"][0] if found["order_sender"] else site.name,
        sender=found["order_sender"] or (site.name,),
        reply_to=found["order_reply_to"],
        supplier=supplier.name,
        deliver_to=_place(order.warehouse_id),
        lines=tuple(lines),
    )


def _wanted(order: PurchaseOrder) -> str | None:
    """The day it is wanted on: once the supplier has confirmed one, that is theirs and no wish."""
    if order.expected_on is None or order.confirmed_revision == order.revision:
        return None
    return order.expected_on.isoformat()


def _place(warehouse_id: str) -> tuple[str, ...]:
    try:
        return tuple(shop().warehouse_address(warehouse_id).lines)
    except NotFound:
        # Deleted meanwhile: the order stays one, and people must be asked.
        return ("?",)


def _line(line: PurchaseOrderLine, units: int) -> PaperLine:
    return PaperLine(str(line.pk), line.sku, line.supplier_sku, line.name, units, line.price)
