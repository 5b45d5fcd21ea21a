"""Metafield values, which Shopify keeps in forms of its own: 1.50 becomes 1.5, JSON loses its spaces."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any


def same(kind: str, one: str, other: str) -> bool:
    """Whether two values of a metafield of type `kind` mean the same."""
    if one == other:
        return True
    try:
        return _meaning(kind, one) == _meaning(kind, other)
    except (ValueError, InvalidOperation, TypeError):
        return False


def _meaning(kind: str, value: str) -> Any:
    if kind.startswith("list.") or kind in (
        "json",
        "rich_text_field",
        "dimension",
        "weight",
        "volume",
        "money",
    ):
        return json.loads(value, parse_float=Decimal)
    if kind in ("number_integer", "number_decimal"):
        return Decimal(value)
    if kind == "date_time":
        moment = datetime.fromisoformat(value)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if kind == "boolean":
        return value.lower()
    return value.strip().replace("\r\n", "\n")
