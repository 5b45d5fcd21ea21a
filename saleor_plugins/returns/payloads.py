"""The data of the desk's events: ids as the API shows them, amounts as decimal strings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.db.models import Count, Sum

from saleor_plugins.kernel.ids import to_global
from saleor_plugins.kernel.money import from_minor

from .domain.credit import Charge
from .domain.machines import PartState
from .domain.plan import Component
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
    """What every event of a refund tells: its lines' units, what it is made of, what gives it."""
    currency = desk.ledger.currency
    return of_return(
        desk,
        refundId=to_global("Refund", refund.pk),
        **amounts(Charge(refund.net, refund.tax), currency),
        lines=_refund_lines(desk, refund),
        rows=_refund_rows(refund, currency),
        parts=[
            {"kind": part.kind, "state": part.state, **money(part.amount, currency)}
            for part in refund.parts.exclude(state=PartState.REPLACED.value).order_by("pk")
        ],
        **more,
    )


def units_of(refund: Refund) -> dict[str, int]:
    """How many units of each order line the refund is for."""
    rows = refund.allocations.filter(component=Component.ITEM.value)
    return dict(rows.values_list("order_line_id").annotate(units=Count("pk")).order_by())


def _refund_lines(desk: Desk, refund: Refund) -> list[dict[str, Any]]:
    return [
        {
            "orderLineId": key,
            "variantId": desk.accounts[key].variant_id or None,
            "sku": desk.accounts[key].sku,
            "quantity": units,
        }
        for key, units in sorted(units_of(refund).items())
    ]


def _refund_rows(refund: Refund, currency: str) -> list[dict[str, Any]]:
    """Its rows by component and line."""
    sums = refund.allocations.values_list("component", "order_line_id")
    sums = sums.annotate(n=Count("pk"), net=Sum("net"), tax=Sum("tax")).order_by("component", "order_line_id")
    return [
        {
            "component": component,
            "orderLineId": line_id or None,
            "quantity": units if line_id else None,
            **amounts(Charge(net, tax), currency),
        }
        for component, line_id, units, net, tax in sums
    ]


def money(minor: int, currency: str) -> dict[str, str]:
    """An amount as a decimal string."""
    return {"amount": str(from_minor(minor, currency)), "currency": currency}


def amounts(charge: Charge, currency: str) -> dict[str, str]:
    """A charge as decimal strings."""
    return {
        "net": str(from_minor(charge.net, currency)),
        "tax": str(from_minor(charge.tax, currency)),
        "amount": str(from_minor(charge.gross, currency)),
        "currency": currency,
    }
