"""What a shopper pays for parcels of a known cost."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_plugins.fulfillment.domain.rates.shipping_price import Terms, price_of


@pytest.mark.parametrize(
    ("cost", "margin", "surcharge", "discount", "price"),
    [
        (700, "0", 0, 0, 700),
        (700, "10", 55, 0, 825),
        (333, "12.5", 0, 0, 375),  # 374.625
        (1, "50", 0, 0, 2),  # half up
        (700, "-100", 0, 0, 0),
        (700, "0", 0, 100, 600),
        (700, "0", 0, 900, 0),
    ],
)
def test_price(cost: int, margin: str, surcharge: int, discount: int, price: int) -> None:
    """Margin, then surcharge, then the voucher; rounded once, never below zero."""
    assert price_of(cost, Terms(Decimal(margin), surcharge), discount=discount) == price


@given(st.integers(0, 10**9), st.integers(0, 10**6), st.decimals(-100, 1000, places=2))
def test_more_never_costs_less(cost: int, more: int, margin: Decimal) -> None:
    """Dearer parcels are never cheaper for the shopper."""
    terms = Terms(margin)
    assert 0 <= price_of(cost, terms) <= price_of(cost + more, terms)
