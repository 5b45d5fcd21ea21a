"""Totals to the minor unit, checked by an independent sum and by the sandbox's own arithmetic."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from saleor_plugins.kernel.money import to_minor
from shopify_bridge.domain.model import Line, Order, Person
from shopify_bridge.domain.orders import map_order, refusal, spread
from shopify_bridge.shopify.order_inputs import order_input

amounts = st.integers(0, 10**7)
lines = st.lists(st.tuples(st.integers(1, 12), amounts, st.integers(0, 10**5)), min_size=1, max_size=6)


def order(
    rows: list[tuple[int, int, int]],
    shipping: tuple[int, int],
    discount: int,
    currency: str = "USD",
    off: int = 0,
) -> Order:
    made = tuple(
        Line(f"l{i}", "T", "", f"s{i}", units, net, net + tax) for i, (units, net, tax) in enumerate(rows)
    )
    net = sum(line.net for line in made) + shipping[0] - discount
    gross = sum(line.gross for line in made) + sum(shipping) - discount
    return Order(
        "K",
        "1",
        "UNFULFILLED",
        datetime(2026, 1, 1, tzinfo=UTC),
        currency,
        made,
        shipping[0],
        sum(shipping),
        "Post",
        discount,
        "SAVE",
        net,
        gross + off,
        0,
    )


@given(lines, st.tuples(amounts, st.integers(0, 1000)), st.booleans(), st.data())
def test_the_mapped_total_is_saleors(rows, shipping, included, data) -> None:
    limit = sum(net for _, net, _ in rows)
    given_order = order(rows, shipping, data.draw(st.integers(0, limit)))
    mapped = map_order(given_order, included)
    assert mapped.difference == 0
    assert refusal(given_order, mapped, "USD") == ""
    for line in given_order.lines:
        parts = [part for part in mapped.lines if part.key == line.key]
        assert sum(part.quantity for part in parts) == line.quantity
        assert sum(part.quantity * part.unit for part in parts) == (line.gross if included else line.net)
        assert sum(part.tax for part in parts) == line.gross - line.net


@settings(max_examples=60, deadline=None)
@given(
    lines,
    st.tuples(amounts, st.integers(0, 1000)),
    st.booleans(),
    st.sampled_from(["USD", "JPY", "KWD"]),
    st.data(),
)
def test_the_store_computes_the_same_total(
    tmp_path_factory, rows, shipping, included, currency, data
) -> None:
    from shopify_bridge.sandbox.orders import order_create
    from shopify_bridge.sandbox.state import State

    limit = sum(net for _, net, _ in rows)
    given_order = order(rows, shipping, data.draw(st.integers(0, limit)), currency)
    mapped = map_order(given_order, included)
    sent = order_input(given_order, mapped, Person("", "", None, None), {})
    sent["metafields"] = []
    state = State(Path(tmp_path_factory.mktemp("s")) / "s.sqlite3")
    state.put("Location", {"id": "gid://shopify/Location/1", "isActive": True})
    made = order_create(state, {"currencyCode": currency}, sent, {})
    state.close()
    assert to_minor(Decimal(made["totals"]["total"]), currency) == given_order.total_gross


@given(lines, st.integers(-5, 5).filter(bool), st.booleans())
def test_any_difference_is_found(rows, off, included) -> None:
    given_order = order(rows, (0, 0), 0, off=off)
    mapped = map_order(given_order, included)
    assert mapped.difference == -off
    assert f"{-off:+d}" in refusal(given_order, mapped, "USD")


def test_other_currencies_and_discounts_beyond_the_lines_are_refused() -> None:
    plain = order([(1, 100, 0)], (50, 0), 0, "EUR")
    assert "EUR" in refusal(plain, map_order(plain, False), "USD")
    generous = order([(1, 100, 0)], (50, 0), 120)
    assert "larger than its lines" in refusal(generous, map_order(generous, False), "USD")


@given(st.dictionaries(st.sampled_from("abc"), st.integers(1, 9), min_size=1), st.data())
def test_shipments_take_no_more_than_there_is(wanted, data) -> None:
    there = {key: [(f"{key}{i}", data.draw(st.integers(0, 6))) for i in range(2)] for key in wanted}
    taken = spread(wanted, there)
    enough = all(sum(n for _, n in there[key]) >= units for key, units in wanted.items())
    assert (taken is not None) == enough
    if taken:
        assert sum(units for _, units in taken) == sum(wanted.values())
        left = {gid: n for rows in there.values() for gid, n in rows}
        assert all(0 < units <= left[gid] for gid, units in taken)
