"""Which refunds were asked for, by key, so that none is asked for twice.

Saleor's payments know no idempotency key. Each attempt is an entry of its own in the order's history,
written and committed before anybody is asked, and completed by the answer.
"""

from __future__ import annotations

from typing import Any

from saleor.order import OrderEvents
from saleor.order.models import Order, OrderEvent

from ...kernel.errors import KeyReused
from .. import port
from . import convert

_STATUS = port.RefundStatus


def find(order_key: Any, payment_id: str, key: str) -> Any:
    """The attempt with that key, or None."""
    rows = OrderEvent.objects.filter(order_id=order_key, type=OrderEvents.OTHER)
    return rows.filter(parameters__refund__payment=payment_id, parameters__refund__key=key).first()


def claim(order_key: Any, payment: port.Payment, amount: int, key: str) -> tuple[Any, bool]:
    """The attempt with that key and whether it is a new one. Raises KeyReused.

    Inside a transaction, under a lock that every other user of the key takes too.
    """
    found = find(order_key, payment.id, key)
    if found:
        return same(found, amount), False
    value = f"{convert.major(amount, payment.currency)} {payment.currency}"
    about = {"payment": payment.id, "key": key, "amount": amount, "status": _STATUS.UNKNOWN.value}
    made = OrderEvent.objects.create(
        order_id=order_key,
        type=OrderEvents.OTHER,
        parameters={"message": f"Refund of {value} asked of {payment.gateway}.", "refund": about},
    )
    return made, True


def same(event: Any, amount: int) -> Any:
    """The attempt, if it was for `amount`. Raises KeyReused."""
    if event.parameters["refund"]["amount"] != amount:
        raise KeyReused("This key was used for another amount.", field="key")
    return event


def lock(order_key: Any) -> None:
    """Keep other attempts of the order's refunds waiting until the transaction ends."""
    list(Order.objects.select_for_update(of=("self",)).filter(pk=order_key).values_list("pk"))


def settle(event: Any, result: port.RefundResult) -> port.RefundResult:
    """Keep the answer with the attempt."""
    event.parameters["refund"] |= {
        "status": result.status.value,
        "reference": result.reference,
        "message": result.message,
    }
    event.save(update_fields=["parameters"])
    return result


def answer(event: Any) -> port.RefundResult:
    """What is known of the attempt."""
    about = event.parameters["refund"]
    return port.RefundResult(_STATUS(about["status"]), about.get("reference", ""), about.get("message", ""))


def given_back(order_keys: list[Any]) -> dict[str, int]:
    """What succeeded, by payment."""
    rows = OrderEvent.objects.filter(
        order_id__in=order_keys,
        type=OrderEvents.OTHER,
        parameters__refund__status=_STATUS.SUCCEEDED.value,
    )
    sums: dict[str, int] = {}
    for parameters in rows.values_list("parameters", flat=True):
        about = parameters["refund"]
        sums[about["payment"]] = sums.get(about["payment"], 0) + about["amount"]
    return sums
