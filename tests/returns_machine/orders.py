"""Orders as shops have them: odd totals, discounts up to everything, several payments."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from saleor_plugins.platform.port import Order, Variant, Warehouse
from saleor_plugins.returns.domain.credit import Charge, total

from .dice import Dice

# What a unit costs at most, in minor units: yen have none, dinars have three decimals.
CURRENCIES = {"JPY": 100_000, "EUR": 100_000, "KWD": 1_000_000}
RATES = (0, 5, 7, 19, 20, 23, 25)
NO, SOME, ALL = Fraction(0), (Fraction(1, 10), Fraction(1, 3)), Fraction(1)


@dataclass(frozen=True)
class Bill:
    """What was charged: by line (with its units), for shipping, and after an order-wide discount."""

    lines: tuple[Charge, ...]
    units: tuple[int, ...]
    shipping: Charge
    whole: Charge


def make_bill(dice: Dice, most: int, *, lines: int = 4, units: int = 9) -> Bill:
    """Up to so many lines and units, prices from nothing to `most`, a discount from none to all of it."""
    charges, counts = [], []
    for _ in range(dice.number(1, lines)):
        price = dice.one([dice.number(0, most), 0, 1, 2])
        gross = price * dice.number(1, units)
        net = round(Fraction(gross * 100, 100 + dice.one(RATES)))
        charges.append(Charge(net, gross - net))
        counts.append(dice.number(1, units))
    cost = dice.number(0, most // 10) if dice.often(0.5) else 0
    net = round(Fraction(cost * 100, 100 + dice.one(RATES)))
    shipping = Charge(net, cost - net)
    before = total([*charges, shipping])
    share = dice.one([NO, NO, *SOME, Fraction(dice.number(0, 100), 100), ALL])
    off = Charge(int(before.net * share), int(before.tax * share))
    return Bill(tuple(charges), tuple(counts), shipping, before - off)


def place(shop: Any, dice: Dice, bill: Bill, stock: dict[Warehouse, int], **options: Any) -> Order:
    """The order of a bill, with variants of its own, paid by cards and payments."""
    variants = [variant(shop, dice, stock) for _ in bill.units]
    order = shop.make_order(list(zip(variants, bill.units, strict=True)), paid=False, **options)
    charged = zip(order.lines, bill.lines, strict=True)
    shop.state.orders[order.id] = order = replace(
        order,
        lines=tuple(replace(row, total_net=c.net, total_gross=c.gross) for row, c in charged),
        total_net=bill.whole.net,
        total_gross=bill.whole.gross,
        shipping_net=bill.shipping.net,
        shipping_gross=bill.shipping.gross,
    )
    return pay(shop, dice, order)


def variant(shop: Any, dice: Dice, stock: dict[Warehouse, int]) -> Variant:
    """Something to sell; one in ten is not counted in stock."""
    row: Variant = shop.make_variant(
        price=dice.one([1000, 0, 1, 999, 25_00]), stock=stock, tracks_stock=not dice.often(0.1)
    )
    return row


def pay(shop: Any, dice: Dice, order: Order) -> Order:
    """Pay the order: gift cards off its total first, then by up to three payments."""
    if dice.often(0.3) and order.total_gross:
        amount = dice.number(1, order.total_gross)
        card = shop.make_gift_card(amount + dice.number(0, 5), currency=order.currency)
        order = shop.use_gift_card(order, card, amount)
    left = order.total_gross
    for _ in range(dice.number(0, 2)):
        part = dice.number(0, left)
        if part:
            shop.make_payment(order, part)
        left -= part
    if left:
        shop.make_payment(order, left)
    return order
