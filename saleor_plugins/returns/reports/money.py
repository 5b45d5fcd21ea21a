"""What returns gave back, kept, retained and cost, by currency."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from django.db.models import BigIntegerField, ExpressionWrapper, F, Sum

from ..domain.machines import PartState
from ..domain.plan import Component, PartKind
from ..domain.reports.found import Costs, Retained
from ..domain.reports.scope import Scope
from ..domain.reports.waterfall import StepKind, waterfall
from ..models import (
    Followup,
    Inspection,
    OrderLedger,
    RefundAllocation,
    RefundPart,
    ReturnableLine,
    ReturnLabel,
    ReturnLine,
)
from .within import asked

Sums = dict[str, Counter[StepKind]]
_COMPONENTS = {
    Component.ITEM.value: StepKind.CREDITED,
    Component.FEE.value: StepKind.FEES,
    Component.LABEL.value: StepKind.POSTAGE,
    Component.SHIPPING.value: StepKind.SHIPPING,
    Component.ADJUSTMENT.value: StepKind.ADJUSTMENTS,
}
_RETAINED = {
    PartKind.EXCHANGE.value: StepKind.EXCHANGED,
    PartKind.STORE_CREDIT.value: StepKind.STORE_CREDIT,
}
_SCRAP = "SCRAP"


def costs(scope: Scope) -> list[Costs]:
    """The waterfall of returns asked for in the scope, one for each currency, in alphabetical order."""
    sums: Sums = defaultdict(Counter)
    _add_refunds(sums, scope)
    for currency, kind, amount in _parts(scope):
        if kind in _RETAINED:
            sums[currency][_RETAINED[kind]] -= amount
    labels = ReturnLabel.objects.filter(state="BOUGHT", cost__gt=0, **asked(scope, "rma__")).order_by()
    for currency, amount in labels.values_list("currency").annotate(sum=Sum("cost")):
        sums[currency][StepKind.LABELS] += amount
    _add_goods(sums, scope)
    return [Costs(currency, waterfall(sums[currency])) for currency in sorted(sums)]


def retained(scope: Scope) -> list[Retained]:
    """What of the refunds of returns asked for in the scope stayed in the shop, by currency."""
    given: dict[str, Counter[str]] = defaultdict(Counter)
    for currency, kind, amount in _parts(scope):
        given[currency][kind] += amount
    orders = _exchange_orders(scope)
    return [
        Retained(
            currency,
            sum(amounts.values()),
            amounts[PartKind.EXCHANGE.value],
            amounts[PartKind.STORE_CREDIT.value],
            orders[currency],
        )
        for currency, amounts in sorted(given.items())
    ]


def _add_refunds(sums: Sums, scope: Scope) -> None:
    rows = RefundAllocation.objects.filter(**asked(scope, "refund__rma__")).order_by()
    grouped = rows.values_list("refund__rma__order__currency", "component")
    for currency, component, amount in grouped.annotate(sum=Sum(F("net") + F("tax"))):
        sums[currency][_COMPONENTS[component]] += amount


def _live_parts(scope: Scope) -> Any:
    rows = RefundPart.objects.filter(**asked(scope, "refund__rma__"))
    return rows.exclude(state=PartState.REPLACED.value).order_by()


def _parts(scope: Scope) -> Any:
    """(currency, kind, amount) of all that was decided to be given."""
    grouped = _live_parts(scope).values_list("refund__rma__order__currency", "kind")
    return grouped.annotate(sum=Sum("amount"))


def _exchange_orders(scope: Scope) -> Counter[str]:
    """By currency, what the orders cost that exchanges have made: goods and delivery."""
    made = _live_parts(scope).filter(kind=PartKind.EXCHANGE.value).values("target_id")
    found: Counter[str] = Counter()
    lines = ReturnableLine.objects.filter(order__in=made).order_by()
    for currency, amount in lines.values_list("order__currency").annotate(
        sum=Sum(F("paid_net") + F("paid_tax"))
    ):
        found[currency] += amount
    orders = OrderLedger.objects.filter(pk__in=made).order_by()
    for currency, amount in orders.values_list("currency").annotate(
        sum=Sum(F("shipping_net") + F("shipping_tax"))
    ):
        found[currency] += amount
    return found


def _add_goods(sums: Sums, scope: Scope) -> None:
    """Goods at the price that was paid for them: a unit's share of its line, rounded down."""
    lines = ReturnLine.objects.filter(line__sold__gt=0, **asked(scope, "rma__")).order_by()
    uncredited = F("received") + F("kept") - F("credited")
    open_lines = lines.annotate(units=uncredited).filter(units__gt=0)
    for kind, rows, units in (
        (StepKind.NOT_CREDITED, open_lines, uncredited),
        (StepKind.KEPT, lines.filter(kept__gt=0), F("kept")),
    ):
        for currency, amount in _valued(rows, "line__", "rma__order__currency", units):
            sums[currency][kind] += amount
    judged, units = "receipt_line__return_line__line__", F("quantity")
    scrapped = Inspection.objects.filter(
        disposition=_SCRAP, **{f"{judged}sold__gt": 0}, **asked(scope, "receipt_line__receipt__rma__")
    ).order_by()
    later = Followup.objects.filter(
        disposition=_SCRAP,
        **{f"inspection__{judged}sold__gt": 0},
        **asked(scope, "inspection__receipt_line__receipt__rma__"),
    ).order_by()
    for rows, path in ((scrapped, judged), (later, f"inspection__{judged}")):
        for currency, amount in _valued(rows, path, f"{path}order__currency", units):
            sums[currency][StepKind.SCRAPPED] += amount


def _valued(rows: Any, line: str, currency: str, units: Any) -> Any:
    """(currency, value) of `units` of each row's order line, which `line` leads to."""
    paid = F(f"{line}paid_net") + F(f"{line}paid_tax")
    value = ExpressionWrapper(paid * units / F(f"{line}sold"), BigIntegerField())
    return rows.values_list(currency).annotate(sum=Sum(value))
