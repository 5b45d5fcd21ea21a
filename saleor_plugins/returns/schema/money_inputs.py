"""The inputs of the returns API that are about money."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

import graphene

from ...kernel.errors import Invalid
from ...kernel.ids import own_key
from ...kernel.money import to_minor
from ..domain.credit import Charge
from ..domain.plan import PartKind
from .types import ReturnReason, ReturnResolution


class StatedAmountInput(graphene.InputObjectType):
    """What was paid: net and tax, as decimal numbers."""

    net = graphene.String(required=True)
    tax = graphene.String(required=True)


class StatedLineInput(graphene.InputObjectType):
    """What was paid for all units of an order line."""

    order_line_id = graphene.ID(required=True)
    net = graphene.String(required=True)
    tax = graphene.String(required=True)


class EstimateLineInput(graphene.InputObjectType):
    """Units whose refund is asked for."""

    order_line_id = graphene.ID(required=True)
    quantity = graphene.Int(required=True)
    reason_code = ReturnReason(description="It decides about fees. Without: they are taken.")
    resolution = ReturnResolution(description="Rules may tell them apart. REFUND without.")


class ExchangeItemInput(graphene.InputObjectType):
    """New goods."""

    variant_id = graphene.ID(required=True)
    quantity = graphene.Int(required=True)


class AdvanceLineInput(graphene.InputObjectType):
    """Units of a return's line whose money is given before anybody judged them."""

    return_line_id = graphene.ID(required=True)
    quantity = graphene.Int(required=True)


def minor(text: str, currency: str, field: str = "amount") -> int:
    """Minor units of a decimal number. Raises Invalid naming `field`."""
    try:
        amount = Decimal(text)
        if amount.is_finite() and amount.adjusted() < 15:
            return to_minor(amount, currency)
    except (InvalidOperation, ValueError):
        pass
    raise Invalid(f"Not an amount of {currency}.", field=field)


def charge(given: Any, currency: str, field: str) -> Charge:
    """What was paid, from an input with `net` and `tax`."""
    return Charge(*(minor(given[name], currency, f"{field}.{name}") for name in ("net", "tax")))


def estimated(lines: Any) -> list[tuple[str, int, str, str]]:
    """Order lines, units, reasons, and what for."""
    return [
        (
            line["order_line_id"],
            line["quantity"],
            line.get("reason_code") or "",
            line.get("resolution") or "",
        )
        for line in lines
    ]


def goods(items: Any) -> list[tuple[str, int]]:
    """Variants and units."""
    return [(item["variant_id"], item["quantity"]) for item in items]


def advanced(lines: Any) -> list[tuple[Any, int]]:
    """Return lines' keys with their units."""
    return [
        (own_key(line["return_line_id"], "ReturnLine", field=f"advance.{i}.returnLineId"), line["quantity"])
        for i, line in enumerate(lines or [])
    ]


def kind(name: str | None) -> PartKind | None:
    """How the money is given, when staff said so."""
    return PartKind(name) if name else None
