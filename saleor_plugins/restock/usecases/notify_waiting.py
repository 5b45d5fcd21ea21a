"""Tell one shopper who waits."""

from __future__ import annotations

import smtplib
from uuid import UUID

from ...kernel import clock
from ...mails.send import send
from ...platform import shop
from ...platform.port import Buyable
from ..mails.kinds import BACK
from ..models import StockAlert
from ..store import alerts as store
from ..views.alert_links import stop_url
from .free_stock import free_units
from .mailing import OFFICE
from .product_page import page_of

DUE = "restock.alert_due"


def notify_waiting(alert_id: UUID) -> bool:
    """Send the one mail of a subscription, if it still waits and there still is something for it.

    Otherwise it goes on waiting. Nobody knows whether a mail went when its worker died while the server had
    it: it is not sent again. Raises as `mails.send.send`.
    """
    alert = store.find(alert_id)
    if alert is None or alert.state != store.WAITING:
        return False
    place = store.place_of(alert)
    seen = shop().buyable([alert.variant_id], alert.channel).get(alert.variant_id)
    if seen is None or not free_units([place])[place]:
        return False
    try:
        _send(alert, seen)
    except smtplib.SMTPRecipientsRefused as refused:
        if not all(code >= 500 for code, _ in refused.recipients.values()):
            raise
        # The server says that there is no such mailbox, and will say so every day.
        store.settle(alert.pk, store.EXPIRED, clock.now())
        return False
    store.settle(alert.pk, store.SENT, clock.now())
    return True


def _send(alert: StockAlert, seen: Buyable) -> None:
    send(
        OFFICE,
        BACK,
        to=alert.email,
        language=alert.language,
        cause=str(alert.pk),
        given={"product": seen.name, "page": page_of(seen)},
        country=alert.country,
        never_twice=True,
        stop=stop_url(alert.digest),
    )
