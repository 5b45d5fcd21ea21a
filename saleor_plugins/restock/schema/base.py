"""What the restock API's pages share."""

from __future__ import annotations

from typing import Any

import graphene

from ...kernel.ids import to_global
from ...kernel.money import from_minor

PERMISSION = "MANAGE_PRODUCTS"
NEEDS = f"Requires the permission {PERMISSION}."


class Money(graphene.ObjectType):
    """An amount of a currency."""

    amount = graphene.String(required=True, description="A decimal number with the currency's decimals.")
    currency = graphene.String(required=True)


def money(minor: int, currency: str) -> Money:
    """Minor units as the API shows them."""
    return Money(amount=str(from_minor(minor, currency)), currency=currency)


def own_id(kind: str) -> Any:
    """A resolver of our Relay id."""
    return lambda row, info: to_global(kind, row.pk)


def given(where: dict[str, Any]) -> dict[str, Any]:
    """The arguments that were given."""
    return {name: value for name, value in where.items() if value is not None}
