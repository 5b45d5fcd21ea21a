"""What was paid for an order: frozen when the desk meets it, read by the domain."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.money import apportion
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import Order

from . import keys
from .domain.credit import NOTHING, Charge, total
from .domain.freeze import Paid, Unexplained, freeze
from .domain.plan import LineAccount, OrderAccount
from .models import OrderLedger, ReturnableLine


def explained(order: Order) -> OrderAccount | None:
    """The order's money account without a lock: what the desk has stored, or what it would freeze.

    None while a person must say what was paid.
    """
    ledger = OrderLedger.objects.filter(pk=order.id).prefetch_related("lines").first()
    if ledger:
        return None if ledger.review else account_of(ledger, ledger.lines.all())
    paid, unexplained = _freeze(order)
    lines = [
        LineAccount(line.id, line.quantity, paid.lines[line.id]) for line in order.lines if line.quantity
    ]
    return None if unexplained else OrderAccount(tuple(lines), paid.shipping)


def account_of(ledger: OrderLedger, rows: Iterable[ReturnableLine]) -> OrderAccount:
    """The stored rows as the domain sees them."""
    lines = [
        LineAccount(row.order_line_id, row.sold, Charge(row.paid_net, row.paid_tax), row.credited)
        for row in sorted(rows, key=lambda row: row.order_line_id)
        if row.sold
    ]
    return OrderAccount(
        tuple(lines),
        Charge(ledger.shipping_net, ledger.shipping_tax),
        Charge(ledger.shipping_credited_net, ledger.shipping_credited_tax),
    )


def _freeze(order: Order) -> tuple[Paid, str]:
    lines = {
        line.id: Charge(
            line.total_net + line.credit_net,
            line.total_gross - line.total_net + line.credit_gross - line.credit_net,
        )
        for line in order.lines
    }
    shipping = Charge(order.shipping_net, order.shipping_gross - order.shipping_net)
    try:
        return freeze(lines, shipping, _whole(order, total([*lines.values(), shipping]))), ""
    except Unexplained as error:
        return Paid(dict.fromkeys(lines, NOTHING), NOTHING), str(error)


def _whole(order: Order, rows: Charge) -> Charge:
    """All that paid for the order: its total, gift cards outside of it, the credit of an exchange."""
    net = order.total_net + order.gift_cards_total + order.credit_net
    gross = order.total_gross + order.gift_cards_total + order.credit_gross
    if order.gift_cards_total and order.total_net <= 0 and gross >= 0:
        # Saleor takes a gift card off net and gross alike, and stops at zero: the rows know the tax.
        return Charge(*apportion(gross, [rows.net, rows.tax]))
    return Charge(net, gross - net)


def ledger_values(order: Order) -> dict[str, Any]:
    """What the desk keeps of an order it meets."""
    paid, review = _freeze(order)
    return {
        "number": order.number,
        "currency": order.currency,
        "user_id": order.user_id or "",
        "country": order.shipping_address.country if order.shipping_address else "",
        "channel": order.channel,
        "ordered": order.created,
        "customer_key": keys.customer_of(order),
        "address_key": keys.address_key(order.shipping_address),
        "shipping_net": paid.shipping.net,
        "shipping_tax": paid.shipping.tax,
        "review": review,
        "created": clock.now(),
    }


def card_of(order: Order) -> Callable[[], str]:
    """Looks up the key of the card that paid, when it is called: only an order that is new needs it."""
    return lambda: keys.payment_key(shop().payments(order.id))


def first_lines(order: Order, ledger: OrderLedger) -> list[ReturnableLine]:
    """The order's lines with what was paid for them."""
    paid, _ = _freeze(order)
    return [
        ReturnableLine(
            order_line_id=line.id,
            order=ledger,
            variant_id=line.variant_id or "",
            product_id=line.product_id or "",
            category_id=line.category_id or "",
            sku=line.sku,
            name=line.name,
            tracks_stock=line.tracks_stock,
            sold=line.quantity,
            paid_net=paid.lines[line.id].net,
            paid_tax=paid.lines[line.id].tax,
        )
        for line in order.lines
    ]


def adopt(order: Order, origin: OrderLedger) -> OrderLedger:
    """Meet an order that an exchange has just made of `origin`, which was paid with its credit."""
    ledger = OrderLedger.objects.create(
        order_id=order.id,
        origin=origin,
        exchange_credit=order.credit_gross,
        payment_key=origin.payment_key,
        **ledger_values(order),
    )
    ReturnableLine.objects.bulk_create(first_lines(order, ledger))
    return ledger
