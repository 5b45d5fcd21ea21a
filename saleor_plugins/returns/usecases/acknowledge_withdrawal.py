"""Tell who withdrew, on a durable medium, what was received and when (Article 11a(4))."""

from __future__ import annotations

from uuid import UUID

from saleor_plugins.kernel import clock

from ..models import WithdrawalStatement
from .send_mail import send_mail_of

ALL_GOODS = {
    "en": "All goods of the order",
    "de": "Alle Waren der Bestellung",
    "pl": "Cały towar z zamówienia",
}


def goods_of(statement: WithdrawalStatement) -> str:
    """The goods in words, in the language of who withdrew."""
    return statement.goods or ALL_GOODS[statement.language]


def acknowledge_withdrawal(statement_id: UUID) -> None:
    """Mail it to the address in the statement, whether there is such an order or not; once."""
    statement = WithdrawalStatement.objects.filter(pk=statement_id, acknowledged=None).first()
    if statement is None:
        return
    send_mail_of(
        "withdrawal_acknowledged",
        to=statement.email,
        language=statement.language,
        cause=str(statement.pk),
        order_id=statement.order_id,
        context={
            "order": statement.order_number,
            "received": statement.received,
            "name": statement.name,
            "email": statement.email,
            "goods": goods_of(statement),
        },
    )
    WithdrawalStatement.objects.filter(pk=statement_id).update(acknowledged=clock.now())
