"""Amounts that are added to the rates: they must be in the rates' currency."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...kernel.errors import Conflict, Required
from .. import store
from ..domain.reading import Reading, amount_in, currency_code


def read_amounts(
    row: Reading, columns: Mapping[str, str], stored: Any, changes: Mapping[str, Any]
) -> dict[str, Any]:
    """The amounts among `columns` (by API name) that the row sets, and the currency of all of them.

    The currency is "" where all are 0. `stored` is the row as it is and `changes` what else changes in it.
    Raises Required or Conflict (``currency``).
    """
    named = {name: column for name, column in columns.items() if name in row.row}
    if not named and not changes.keys() & set(columns.values()):
        return {}
    others = [column for name, column in columns.items() if name not in named]
    kept = any(changes.get(column, getattr(stored, column)) for column in others)
    if not named:
        return {"currency": stored.currency if kept else ""}
    currency = _currency(row.row.get("currency"), stored.currency if kept else "")
    read = {column: row.read(name, amount_in(currency), 0) for name, column in named.items()}
    return {**read, "currency": currency if kept or any(read.values()) else ""}


def _currency(wanted: str | None, kept: str) -> str:
    """The `wanted` currency, else the active card's, else as before; they must agree."""
    cards = store.active_cards()
    other = next((card for card in cards if wanted and card.currency != wanted), None)
    if other:
        raise Conflict(f'The rate card "{other.name}" is in {other.currency}.', field="currency")
    currency = currency_code(wanted) if wanted else (cards[0].currency if cards else kept)
    if not currency:
        raise Required("Name the currency of the amounts.", field="currency")
    if any(card.currency != currency for card in cards):
        raise Conflict("The active rate cards are in several currencies.", field="currency")
    if kept and kept != currency:
        raise Conflict(f"The other amounts are in {kept}: set them together.", field="currency")
    return currency
