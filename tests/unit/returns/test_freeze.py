"""Stored totals of real shapes of orders."""

from __future__ import annotations

import pytest

from saleor_plugins.returns.domain.credit import Charge, total
from saleor_plugins.returns.domain.freeze import Unexplained, freeze


def test_voucher_off_net_and_gross_alike_as_saleor_2_stores_it() -> None:
    paid = freeze({"a": Charge(1000, 230), "b": Charge(500, 115)}, Charge(300, 0), Charge(1700, 345))
    assert paid.lines == {"a": Charge(933, 230), "b": Charge(467, 115)}
    assert paid.shipping == Charge(300, 0)


def test_full_discount_leaves_nothing_to_refund() -> None:
    paid = freeze({"a": Charge(1000, 230)}, Charge(), Charge())
    assert paid.lines == {"a": Charge()}


def test_gift_card_above_the_net_keeps_gross_exact() -> None:
    """Saleor stores net -10 and gross 13 for a gift card of 110 on 100 + 23."""
    paid = freeze({"a": Charge(10000, 2300)}, Charge(), Charge(-1000, 2300))
    assert paid.lines["a"].gross == 1300
    assert paid.lines["a"] == Charge(1057, 243)


def test_discount_above_the_lines_reaches_shipping() -> None:
    paid = freeze({"a": Charge(100, 0)}, Charge(50, 0), Charge(30, 0))
    assert paid.lines == {"a": Charge()}
    assert paid.shipping == Charge(30)


def test_rows_rounded_apart_from_the_total_keep_the_totals_net_and_tax() -> None:
    paid = freeze({"a": Charge(2439, 564), "b": Charge(813, 188)}, Charge(405, 94), Charge(3659, 844))
    assert total([*paid.lines.values(), paid.shipping]) == Charge(3659, 844)
    assert [charge.gross for charge in paid.lines.values()] == [3003, 1001]


def test_an_order_of_nothing_but_shipping() -> None:
    assert freeze({}, Charge(50, 10), Charge(50, 10)).shipping == Charge(50, 10)


@pytest.mark.parametrize("order_total", [Charge(1001, 0), Charge(-5, 0)])
def test_a_total_that_its_rows_do_not_explain_needs_a_person(order_total: Charge) -> None:
    with pytest.raises(Unexplained):
        freeze({"a": Charge(1000, 0)}, Charge(), order_total)


def test_tax_stored_higher_than_its_rows_keeps_gross() -> None:
    paid = freeze({"a": Charge(100, 20), "b": Charge(100, 20)}, Charge(), Charge(150, 41))
    assert total([*paid.lines.values()]) == Charge(150, 41)
