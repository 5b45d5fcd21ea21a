"""Money that exchanges moved from order to order, while the first order's payments still hold it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.db.models import F, Sum

from saleor_plugins.platform import shop

from ..domain.machines import HOLDING, PartState
from ..domain.plan import Component, PartKind
from ..domain.split import Tier
from ..models import OrderLedger, RefundAllocation, RefundPart
from .books import Balance
from .desk import Desk

GIVEN = sorted(HOLDING | {PartState.SUCCEEDED.value})
# The row of a refund that gives back the credit of an exchange whose order was cancelled; staff's own
# adjustments count from 1.
RELEASED = 0


def tiers(
    desk: Desk,
    found: Mapping[str, Balance],
    *,
    released: str = "",
    measure: Callable[[Balance], int] = lambda balance: balance.available,
) -> list[Tier]:
    """The order's own payments, then those of the orders it was exchanged from, each within what it owes.

    What orders made by exchanges may still draw stays with the payments, except for the order
    that is `released`.
    """
    result: list[Tier] = []
    below: OrderLedger | None = None
    for ledger in (desk.ledger, *desk.origins):
        mine = [balance for balance in found.values() if balance.ledger.order_id == ledger.pk]
        mine.sort(key=lambda balance: _is_gift_card(balance))
        skip = {released, below.pk if below else ""}
        result.append(
            Tier(
                {balance.shop.id: measure(balance) for balance in mine},
                promised=sum(outstanding(row) for row in ledger.exchanges.exclude(pk__in=skip)),
                allowance=outstanding(below) if below else None,
            )
        )
        below = ledger
    return result


def _is_gift_card(balance: Balance) -> bool:
    # 3.23's gateway of its own gift cards has the words apart otherwise.
    return "gift_card" in balance.shop.gateway.replace("-", "_")


def outstanding(ledger: OrderLedger) -> int:
    """What an exchange credited to the order and the payments of its origins have not given back."""
    return max(ledger.exchange_credit - _drawn(ledger), 0)


def _drawn(ledger: OrderLedger) -> int:
    family = _with_exchanges(ledger.pk)
    parts = RefundPart.objects.filter(
        refund__rma__order__in=family, kind=PartKind.PAYMENT.value, state__in=GIVEN
    ).exclude(payment__order__in=family)
    return _total(parts, F("amount")) + released(ledger)


def released(ledger: OrderLedger) -> int:
    """What of the order's exchange credit went back because the order was cancelled."""
    rows = RefundAllocation.objects.filter(order=ledger, component=Component.ADJUSTMENT.value, unit=RELEASED)
    return _total(rows, F("net") + F("tax"))


def _with_exchanges(order_id: str) -> list[str]:
    """The order, those that exchanges made of it, those made of them, ..."""
    found, newest = [order_id], [order_id]
    while newest:
        rows = OrderLedger.objects.filter(origin__in=newest).order_by("pk")
        newest = list(rows.values_list("pk", flat=True))
        found += newest
    return found


def refundable(order_id: str) -> int:
    """About what can still be given for units of the order, without a lock: by its own payments, and what an
    exchange credited to it by those of its origins."""
    own = sum(payment.refundable for payment in shop().payments(order_id))
    ledger = OrderLedger.objects.filter(pk=order_id).first()
    if ledger is None or ledger.origin_id is None:
        return own
    return own + min(outstanding(ledger), refundable(ledger.origin_id))


def unreturned_credit(ledger: OrderLedger) -> int:
    """What of the exchange credit is neither given back, nor covered by what the order's own payments hold,
    nor spent on units that were credited: what a cancelled order owes to its origin."""
    paid = ledger.lines.aggregate(
        paid=Sum(F("paid_net") + F("paid_tax")), back=Sum(F("credited_net") + F("credited_tax"))
    )
    shipping = ledger.shipping_net + ledger.shipping_tax
    shipping -= ledger.shipping_credited_net + ledger.shipping_credited_tax
    ours = _total(RefundPart.objects.filter(payment__order=ledger, state__in=GIVEN), F("amount"))
    captured = sum(payment.captured for payment in shop().payments(ledger.pk))
    left = (paid["paid"] or 0) - (paid["back"] or 0) + shipping - (captured - ours)
    return max(min(outstanding(ledger), left), 0)


def _total(rows: object, expression: object) -> int:
    return int(rows.aggregate(total=Sum(expression))["total"] or 0)  # type: ignore[attr-defined]
