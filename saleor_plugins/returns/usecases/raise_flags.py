"""Flag what looks unusual about a return. A flag tells staff where to look; it changes nothing else."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from saleor_plugins.delivery import emit
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import NotFound
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.kernel.money import exponent
from saleor_plugins.platform import settings as platform_settings
from saleor_plugins.platform import shop

from .. import config, payloads, store
from ..domain.reasons import Reason
from ..domain.rules.terms import Terms
from ..domain.signals import Facts, Limits, LineFacts, Past, Raised, signals
from ..models import Flag, Inspection, OrderLedger, Return, ReturnLine
from ..settings.signals import SETTINGS, split
from ..store.history import Returned, returned

_FAULTS = [reason.value for reason in Reason if reason.fault]


def raise_flags(return_id: UUID) -> list[Flag]:
    """The flags that are new or tell more than before; what staff has dismissed stays dismissed.

    Raises NotFound (``id``).
    """
    values = platform_settings.setting_values(config.PLUGIN_ID, SETTINGS)
    if not values["signals_on"]:
        return []
    rma = store.find_return(return_id)
    if rma.erased:
        return []
    limits = _limits(values, rma.order)
    found = signals(_facts(rma, limits), limits)
    with transaction.atomic():
        rma = store.lock_return(return_id)
        return [flag for raised in found if (flag := _write(rma, raised))]


def _write(rma: Return, raised: Raised) -> Flag | None:
    told = {"reason": raised.reason[:300], "data": raised.data}
    flag, new = Flag.objects.get_or_create(
        rma=rma, kind=raised.kind.value, defaults={**told, "created": clock.now()}
    )
    if not new and (flag.dismissed or flag.reason == told["reason"]):
        return None
    if new:
        emit("return.flagged", {**payloads.of_request(rma), **of_flag(flag)}, key=str(flag.pk))
    else:
        Flag.objects.filter(pk=flag.pk).update(**told)
        flag.reason, flag.data = raised.reason[:300], raised.data
    return flag


def of_flag(flag: Flag) -> dict[str, Any]:
    """What an event tells of a flag."""
    return {"flagId": to_global("ReturnFlag", flag.pk), "kind": flag.kind, "reason": flag.reason}


def _limits(values: dict[str, Any], order: OrderLedger) -> Limits:
    value = Decimal(values["signal_value"] or 0)
    return Limits(
        days=values["signal_days"],
        rate=values["signal_rate"],
        rate_units=values["signal_rate_units"],
        value=int(value.scaleb(exponent(order.currency))),
        address_returns=values["signal_address"],
        card_returns=values["signal_card"],
        closing_days=values["signal_closing_days"],
        event_categories=frozenset(split(values["signal_events"])),
        worn=_folded(values["signal_worn"]),
        empty=_folded(values["signal_empty"]),
        wrong=_folded(values["signal_wrong"]),
    )


def _folded(words: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in split(words))


def _facts(rma: Return, limits: Limits) -> Facts:
    order = rma.order

    def past(**key: str) -> Past:
        name, value = next(iter(key.items()))
        if not value:
            return Past()
        whose = Q(**{f"rma__order__{name}": value}) & ~Q(reason_code__in=_FAULTS)
        found: Returned = returned(whose, order.currency, limits.days)
        return Past(**vars(found))

    return Facts(
        currency=order.currency,
        asked=clock.day_of(rma.created, shop().time_zone()),
        lines=_lines(rma),
        customer=past(customer_key=order.customer_key),
        bought=_bought(order, limits.days),
        address=past(address_key=order.address_key),
        card=past(payment_key=order.payment_key),
    )


def _bought(order: OrderLedger, days: int) -> int:
    try:
        placed = shop().order(order.order_id)
    except NotFound:
        return 0
    return shop().bought(placed, clock.now() - timedelta(days=days)).units


def _lines(rma: Return) -> tuple[LineFacts, ...]:
    terms = {line.line_id: line for line in Terms.restored(rma.terms).lines} if rma.terms else {}
    rows = list(ReturnLine.objects.filter(rma=rma).select_related("line").order_by("position"))
    judged: dict[Any, list[tuple[str, int]]] = {}
    for inspection in (
        Inspection.objects.filter(receipt_line__receipt__rma=rma)
        .exclude(grade="")
        .select_related("receipt_line")
    ):
        key = inspection.receipt_line.return_line_id
        judged.setdefault(key, []).append((inspection.grade, inspection.quantity))
    above = shop().lineage({row.line.category_id for row in rows if row.line.category_id})
    return tuple(
        LineFacts(
            sku=row.line.sku,
            requested=row.requested,
            received=row.received,
            missing=row.missing,
            fault=Reason(row.reason_code).fault,
            until=terms[row.line_id].until if row.line_id in terms else None,
            categories=frozenset(above.get(row.line.category_id, ())),
            judged=tuple(judged.get(row.pk, ())),
        )
        for row in rows
    )
