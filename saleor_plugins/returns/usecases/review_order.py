"""A person says what was paid for the lines of an order whose totals do not explain each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from saleor_plugins.http.texts import clean
from saleor_plugins.kernel.errors import Conflict, Invalid, NotFound, Required
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import Asker

from .. import access, payloads, store
from ..domain.credit import NOTHING, Charge, total
from ..domain.quantities import MAX_LINES
from ..models import OrderLedger, Return
from ..store import Desk, books

Paid = Sequence[tuple[str, Charge]]
"""Order lines and what was paid for all units of each."""


def review_order(
    asker: Asker, order_id: str, lines: Paid, shipping: Charge = NOTHING, reason: str = ""
) -> OrderLedger:
    """Store it, so that refunds can be computed; together at most what was captured for the order.

    Lines that are not named were not paid for. Raises PermissionDenied, Required (``reason``), NotFound
    (``orderId``, ``lines.N.orderLineId``), Invalid (``lines.N.net``, ``lines.N.tax``, ``shipping``,
    ABOVE_CAPTURED ``lines``), Conflict NOT_IN_REVIEW (``orderId``) for an order that explains itself.
    """
    access.require_manager(asker)
    why = clean(reason, field="reason", most=200)
    if not why:
        raise Required("Say how you know.", field="reason")
    with transaction.atomic():
        desk = store.open_order(order_id)
        if not desk.ledger.review:
            raise Conflict("Nothing needs a review.", field="orderId", code="NOT_IN_REVIEW")
        paid = _check(desk, lines, shipping)
        for key, row in desk.accounts.items():
            charge = paid.get(key, NOTHING)
            row.paid_net, row.paid_tax = charge.net, charge.tax
            row.save(update_fields=["paid_net", "paid_tax"])
        ledger, before = desk.ledger, desk.ledger.review
        ledger.shipping_net, ledger.shipping_tax, ledger.review = shipping.net, shipping.tax, ""
        ledger.save(update_fields=["shipping_net", "shipping_tax", "review"])
        _tell(desk, asker, paid, shipping, {"reason": why, "review": before})
    return ledger


def _check(desk: Desk, lines: Paid, shipping: Charge) -> dict[str, Charge]:
    if len(lines) > max(MAX_LINES, len(desk.accounts)):
        raise Invalid("More lines than the order has.", field="lines")
    paid: dict[str, Charge] = {}
    for i, (key, charge) in enumerate(lines):
        if key not in desk.accounts:
            raise NotFound("No such line in this order.", field=f"lines.{i}.orderLineId")
        if key in paid:
            raise Invalid("This line is named twice.", field=f"lines.{i}.orderLineId", code="DUPLICATE")
        if charge.net < 0 or charge.tax < 0:
            raise Invalid("Must not be negative.", field=f"lines.{i}.net")
        paid[key] = charge
    if shipping.net < 0 or shipping.tax < 0:
        raise Invalid("Must not be negative.", field="shipping")
    captured = sum(
        balance.ledger.captured
        for balance in books.balances(desk).values()
        if balance.ledger.order_id == desk.ledger.pk
    )
    if total([*paid.values(), shipping]).gross > captured + desk.ledger.exchange_credit:
        raise Invalid("More than was captured for the order.", field="lines", code="ABOVE_CAPTURED")
    return paid


def _tell(desk: Desk, asker: Asker, paid: dict[str, Charge], shipping: Charge, why: dict[str, Any]) -> None:
    """Into the history of the order's returns, and into the shop's."""
    currency = desk.ledger.currency
    lines = [
        {"orderLineId": key, **payloads.amounts(charge, currency)} for key, charge in sorted(paid.items())
    ]
    for rma in Return.objects.filter(order=desk.ledger).order_by("pk"):
        data = {"lines": lines, "shipping": payloads.amounts(shipping, currency), **why}
        store.log(rma, "review", asker, data)
    shop().add_note(desk.order.id, f"What was paid for each line was stated for returns: {why['reason']}")
