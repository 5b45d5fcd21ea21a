"""What was really paid for each line of an order, frozen once.

Stored totals count, never unit prices: a line's share of an order-wide discount (voucher, gift
card) is what the order total is short of lines plus shipping, spread by largest remainder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from saleor_plugins.kernel.money import apportion

from .credit import Charge, total


class Unexplained(ValueError):
    """Lines, shipping and total cannot be brought together: a person must look."""


@dataclass(frozen=True)
class Paid:
    """What was paid for each line and for shipping; together exactly the order's total."""

    lines: Mapping[str, Charge]
    shipping: Charge


def freeze(lines: Mapping[str, Charge], shipping: Charge, order_total: Charge) -> Paid:
    """Spread the order-wide discount over lines first, then over shipping.

    Net and tax are spread apart. Where that is impossible (rows rounded apart from the total, or a
    gift card that Saleor took off net and gross alike), gross is spread, each row keeps its own tax
    rate, and the total's net is met where it can be. Raises Unexplained when the total's gross is above
    its rows', or negative.
    """
    rows = [*lines.values(), shipping]
    off = total(rows) - order_total
    if off.gross < 0 or order_total.gross < 0 or any(row.net < 0 or row.tax < 0 for row in rows):
        raise Unexplained("The order's total is not the sum of its lines and its shipping.")
    if _fits(off, rows):
        net = _take([row.net for row in rows], off.net)
        tax = _take([row.tax for row in rows], off.tax)
        left = [Charge(*pair) for pair in zip(net, tax, strict=True)]
    else:
        gross = _take([row.gross for row in rows], off.gross)
        left = _meet([_same_rate(*pair) for pair in zip(rows, gross, strict=True)], order_total)
    return Paid(dict(zip(lines, left, strict=False)), left[-1])


def _fits(off: Charge, rows: list[Charge]) -> bool:
    whole = total(rows)
    return 0 <= off.net <= whole.net and 0 <= off.tax <= whole.tax


def _take(amounts: list[int], off: int) -> list[int]:
    """`amounts` less `off`: lines in proportion, then shipping (the last) for what they cannot bear."""
    *lines, shipping = amounts
    from_lines = min(off, sum(lines))
    parts = apportion(from_lines, lines) if lines else []
    left = [amount - part for amount, part in zip(lines, parts, strict=True)]
    return [*left, shipping - (off - from_lines)]


def _meet(rows: list[Charge], order_total: Charge) -> list[Charge]:
    """`rows` with net moved to tax, or back, until their sums are the total's; no gross changes."""
    if order_total.net < 0 or order_total.tax < 0:
        return rows
    off = order_total.net - total(rows).net
    room = [row.tax if off > 0 else row.net for row in rows]
    return [row + Charge(part, -part) for row, part in zip(rows, apportion(off, room), strict=True)]


def _same_rate(row: Charge, gross: int) -> Charge:
    net, tax = apportion(gross, [row.net, row.tax])
    return Charge(net, tax)
