"""The data of the desk's events: ids as the API shows them, amounts as decimal strings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from saleor_plugins.kernel.ids import to_global
from saleor_plugins.kernel.money import from_minor

from .domain.credit import Charge
from .models import Refund, Return, ReturnLine
from .store import Desk


def of_return(desk: Desk, **more: Any) -> dict[str, Any]:
    """What every event of a return tells."""
    rma: Return = desk.request
    return {
        "returnId": to_global("Return", rma.pk),
        "number": rma.number,
        "orderId": rma.order_id,
        "state": rma.state,
        **more,
    }


def of_lines(lines: Iterable[ReturnLine]) -> list[dict[str, Any]]:
    """The return's lines with their units."""
    return [of_line(line, line.requested, reason=line.reason) for line in lines]


def of_line(line: ReturnLine, quantity: int, **more: Any) -> dict[str, Any]:
    """Some units of a line."""
    return {
        "returnLineId": to_global("ReturnLine", line.pk),
        "orderLineId": line.line_id,
        "variantId": line.line.variant_id or None,
        "quantity": quantity,
        **more,
    }


def of_refund(desk: Desk, refund: Refund, **more: Any) -> dict[str, Any]:
    """What every event of a refund tells."""
    charge = Charge(refund.net, refund.tax)
    return of_return(
        desk,
        refundId=to_global("Refund", refund.pk),
        **amounts(charge, desk.ledger.currency),
        **more,
    )


def amounts(charge: Charge, currency: str) -> dict[str, str]:
    """A charge as decimal strings."""
    return {
        "net": str(from_minor(charge.net, currency)),
        "tax": str(from_minor(charge.tax, currency)),
        "amount": str(from_minor(charge.gross, currency)),
        "currency": currency,
    }
