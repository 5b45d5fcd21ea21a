"""Small needs, offers and histories for the tests of decisions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from saleor_plugins.restock.domain.breaks import Break
from saleor_plugins.restock.domain.facts import Limits, Need, Offer, Policy, Position
from saleor_plugins.restock.domain.histories import Histories
from saleor_plugins.restock.domain.lead_time import LeadTime
from saleor_plugins.restock.domain.supplier import Terms

FIRST = date(2025, 1, 1)
POLICY = Policy(review_days=1)


def offer(
    supplier: str = "Acme", price: int = 400, days: float = 7, rate: float | None = 1.0, **terms: Any
) -> Offer:
    """A supplier's offer; `breaks` are (quantity, price)."""
    breaks = tuple(Break(*each) for each in terms.pop("breaks", ()))
    found = Terms(supplier, supplier, supplier, price, terms.pop("currency", "USD"), breaks=breaks, **terms)
    return Offer(found, LeadTime(days, 0.1 * days), rate)


def need(house: str = "here", on_hand: int = 0, *offers: Offer, variant: str = "shirt", **known: Any) -> Need:
    """A need; what is not a field of Need is one of Position or Limits."""
    place = {key: known.pop(key) for key in list(known) if key in Position.__dataclass_fields__}
    limits = {key: known.pop(key) for key in list(known) if key in Limits.__dataclass_fields__}
    return Need(variant, house, Position(on_hand, **place), Limits(**limits), offers, **known)


def past(
    *rows: Sequence[float], days: int = 182, kits: frozenset[str] = frozenset(), **known: Any
) -> Histories:
    """A history whose rows repeat what is given to fill `days`."""
    units = np.array([np.resize(np.array(row, dtype=float), days) for row in rows]).reshape(len(rows), days)
    some = {
        "share": np.ones(len(rows)),
        "returned_part": np.zeros(len(rows)),
        "of_kits": np.zeros(len(rows)),
        "in_stock": np.ones(units.shape, dtype=bool),
        **known,
    }
    return Histories(first=FIRST, units=units, kits=kits, **some)
