"""The data of the desk's events: ids as the API shows them, amounts as decimal strings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from saleor_plugins.kernel.ids import to_global
from saleor_plugins.kernel.money import from_minor

from .domain.credit import Charge
from .models import Refund, Return, ReturnLine
from .store import Desk, changed


def of_return(desk: Desk, **more: Any) -> dict[str, Any]:
    """What every event of a return tells."""
    return {**of_request(desk.request), **more}


def of_request(rma: Return) -> dict[str, Any]:
    """Which return it is, and where it stands."""
    return {
        "returnId": to_global("Return", rma.pk),
        "number": rma.number,
        "orderId": rma.order_id,
        "state": rma.state,
    }


def instant(at: datetime | None) -> str | None:
    """A point in time, ISO 8601 in UTC."""
    return at.astimezone(UTC).isoformat() if at else None


def of_changes(desk: Desk) -> list[dict[str, Any]]:
    """The lines that were changed since the desk was opened: how many units each bucket won or lost."""
    return [
        of_line(line, max(map(abs, changed(line).values())), **changed(line))
        for line in desk.request_lines
        if changed(line)
    ]


def of_wishes(lines: Iterable[ReturnLine]) -> list[dict[str, Any]]:
    """What was asked for, why, and what the customer wants for it."""
    return [
        of_line(
            line,
            line.requested,
            requested=line.requested,
            reasonCode=line.reason_code,
            resolution=line.resolution,
            exchangeVariantId=line.exchange_variant_id or None,
        )
        for line in lines
    ]


def of_line(line: ReturnLine, quantity: int, **more: Any) -> dict[str, Any]:
    """Some units of a line; `more` tells by bucket (``received=2``) what became of them."""
    return {
        "returnLineId": to_global("ReturnLine", line.pk),
        "orderLineId": line.line_id,
        "variantId": line.line.variant_id or None,
        "sku": line.line.sku,
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
