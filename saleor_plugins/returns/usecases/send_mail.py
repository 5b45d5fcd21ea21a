"""Send one mail to a shopper, once per cause."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from saleor_plugins.kernel.errors import NotFound
from saleor_plugins.mails.office import Office
from saleor_plugins.mails.send import send
from saleor_plugins.platform import shop

from ..mails.kinds import KINDS
from ..mails.words import words
from ..models import MailTemplate, Return, SentMail
from .branding import branding

OFFICE = Office(KINDS, words, SentMail, MailTemplate, branding, "saleor_plugins.returns.mails")


def send_mail_of(
    kind: str,
    *,
    to: str,
    language: str,
    cause: str,
    order_id: str,
    rma: Return | None = None,
    context: Mapping[str, Any],
) -> bool:
    """`mails.send.send` for an order or a return: amounts are written as people do in the order's country."""
    return send(
        OFFICE,
        kind,
        to=to,
        language=language,
        cause=cause,
        given=context,
        country=country_of(order_id),
        facts={"order_id": order_id, "rma": rma},
    )


def country_of(order_id: str) -> str:
    """Where the order went; "" when that is unknown."""
    try:
        address = shop().order(order_id).shipping_address if order_id else None
    except NotFound:
        address = None
    return address.country if address else ""
