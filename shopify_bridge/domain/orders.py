"""A Saleor order as Shopify's orderCreate wants it, with totals equal to the minor unit.

Shopify computes: lines (unit price x quantity) - discount + shipping (+ taxes, when prices are without).
Saleor has stored: totals by line, shipping, discount and the order's total. Where the former does not
give the latter, the order is not written and the difference is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .model import Line, Order

MIRRORED = frozenset({"UNFULFILLED", "PARTIALLY_FULFILLED", "FULFILLED"})


@dataclass(frozen=True)
class MappedLine:
    """One Shopify line. A Saleor line whose total is no multiple of its units becomes two."""

    key: str
    quantity: int
    unit: int
    tax: int


@dataclass(frozen=True)
class MappedOrder:
    """Amounts to send. `difference` is Shopify's total less Saleor's: not 0 means do not write."""

    taxes_included: bool
    lines: tuple[MappedLine, ...]
    shipping: int
    shipping_tax: int
    discount: int
    total: int
    difference: int


def map_order(order: Order, taxes_included: bool) -> MappedOrder:
    """The amounts of `order`, with prices including taxes or not, as the shop enters them."""
    lines = tuple(part for line in order.lines for part in _split(line, taxes_included))
    shipping_tax = order.shipping_gross - order.shipping_net
    shipping = order.shipping_gross if taxes_included else order.shipping_net
    total = sum(line.unit * line.quantity for line in lines) - order.discount + shipping
    if not taxes_included:
        total += sum(line.tax for line in lines) + shipping_tax
    return MappedOrder(
        taxes_included, lines, shipping, shipping_tax, order.discount, total, total - order.total_gross
    )


def _split(line: Line, taxes_included: bool) -> list[MappedLine]:
    """Unit prices that add up: some units cost one minor unit more when the total does not divide."""
    total, tax = line.gross if taxes_included else line.net, line.gross - line.net
    low, dearer = divmod(total, line.quantity)
    cheaper = line.quantity - dearer
    if not dearer:
        return [MappedLine(line.key, cheaper, low, tax)]
    first = tax * dearer // line.quantity
    return [MappedLine(line.key, dearer, low + 1, first), MappedLine(line.key, cheaper, low, tax - first)]


def refusal(order: Order, mapped: MappedOrder, currency: str) -> str:
    """Why an order must not be written, or ""."""
    if order.currency != currency:
        return f"it is in {order.currency}, the store sells in {currency}"
    if not order.lines:
        return "it has no lines"
    if any(line.unit < 0 for line in mapped.lines) or mapped.shipping < 0 or mapped.discount < 0:
        return "it has a negative amount"
    if mapped.discount > sum(line.unit * line.quantity for line in mapped.lines):
        return "its discount is larger than its lines, which Shopify cuts off"
    if mapped.difference:
        return (
            f"Shopify's total would be {mapped.total}, Saleor's is {order.total_gross} minor units of "
            f"{order.currency}: {mapped.difference:+d}"
        )
    return ""


def tax_rate(net: int, tax: int) -> str:
    """The rate Shopify wants beside a tax, as a decimal text; the tax's amount is what counts."""
    return f"{tax / net:.4f}" if net > 0 else "0"


def spread(
    lines: Mapping[str, int], open_units: Mapping[str, list[tuple[str, int]]]
) -> list[tuple[str, int]] | None:
    """Which open Shopify lines a shipment takes: [(line, units)]; None when there are not enough.

    `open_units` has, for each Saleor line, Shopify's lines with their unshipped units.
    """
    taken = []
    for key, units in sorted(lines.items()):
        for gid, left in open_units.get(key, []):
            part = min(units, left)
            if part:
                taken.append((gid, part))
                units -= part
        if units:
            return None
    return taken
