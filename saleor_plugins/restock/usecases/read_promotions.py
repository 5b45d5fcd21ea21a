"""The promotions of a page of needs, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from ...platform import shop
from ...platform.port import Variant
from ..domain.histories import Pair
from ..domain.promotion import Promotion
from ..store import promotions


def read_promotions(
    variants: Sequence[Variant], pairs: Sequence[Pair], first: date, days: int
) -> list[Promotion]:
    """What is promoted on one of the `days` from `first` on, by rows of `pairs` and columns from `first`.

    A category's promotion is of everything in it and below it. At most three queries.
    """
    found = promotions.touching([row.id for row in variants], first, first + timedelta(days=days - 1))
    if not found:
        return []
    categories = _categories(variants) if any(row.category_id for row in found) else {}
    rows = []
    for promotion in found:
        begin, end = (promotion.since - first).days, (promotion.until - first).days
        uplift = None if promotion.uplift is None else float(promotion.uplift)
        for row, (variant, _) in enumerate(pairs):
            if promotion.variant_id == variant or promotion.category_id in categories.get(variant, ()):
                rows.append(Promotion(row, begin, end, uplift))
    return rows


def _categories(variants: Sequence[Variant]) -> dict[str, tuple[str, ...]]:
    """Each variant's category and those above it."""
    products = {row.id: row.category_id for row in shop().products_of({row.product_id for row in variants})}
    ways = shop().lineage({key for key in products.values() if key})
    return {row.id: ways.get(products.get(row.product_id) or "", ()) for row in variants}
