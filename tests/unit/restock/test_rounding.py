"""Order quantities a supplier accepts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_plugins.kernel.errors import Invalid
from saleor_plugins.restock.domain.rounding import round_order


@given(
    need=st.integers(1, 50_000),
    moq=st.integers(1, 2_000),
    pack=st.integers(1, 500),
    room=st.none() | st.integers(-100, 60_000),
    data=st.data(),
)
def test_every_order_is_one_the_supplier_takes(
    need: int, moq: int, pack: int, room: int | None, data: st.DataObject
) -> None:
    least = data.draw(st.integers(1, need))
    found = round_order(need, moq=moq, pack=pack, least=least, room=room)
    assert found.quantity % pack == 0
    assert found.quantity >= max(moq, least)
    assert found.quantity < max(need, moq) + pack
    if room is None:
        assert found.quantity >= need
    else:
        assert found.over_maximum == max(found.quantity - room, 0)


@given(need=st.integers(1, 5_000), moq=st.integers(1, 200), pack=st.integers(1, 50))
def test_no_smaller_order_would_do(need: int, moq: int, pack: int) -> None:
    quantity = round_order(need, moq=moq, pack=pack).quantity
    assert all(q % pack or q < max(need, moq) for q in range(max(quantity - pack, 0), quantity))


def test_a_pack_of_twelve_for_a_need_of_one() -> None:
    found = round_order(1, pack=12)
    assert (found.quantity, found.by_pack, found.by_moq) == (12, True, False)


def test_an_order_that_needs_no_rounding_says_so() -> None:
    found = round_order(24, moq=12, pack=12)
    assert (found.quantity, found.by_pack, found.by_moq, found.over_maximum) == (24, False, False, 0)


def test_a_minimum_above_the_maximum_is_ordered_and_said() -> None:
    found = round_order(10, moq=100, least=5, room=40)
    assert (found.quantity, found.by_moq, found.over_maximum) == (100, True, 60)


def test_a_pack_less_is_taken_when_it_still_reaches_the_reorder_point() -> None:
    assert round_order(20, pack=12, least=10, room=20).quantity == 12
    assert round_order(20, pack=12, least=13, room=20).quantity == 24


def test_no_need_orders_nothing() -> None:
    assert round_order(0, moq=10, pack=6).quantity == 0
    assert round_order(-5, moq=10, pack=6).quantity == 0


@pytest.mark.parametrize("field", ["moq", "pack"])
def test_terms_below_one_are_refused_by_name(field: str) -> None:
    with pytest.raises(Invalid) as caught:
        round_order(1, **{field: 0})
    assert caught.value.field == field
