"""Double opt-in: a first mail with a link, and what the link does."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from ...delivery import emit
from ...kernel import clock
from ...mails.send import send
from ...platform import shop
from ..mails.kinds import CONFIRM
from ..models import StockAlert
from ..store import alerts as store
from ..views.alert_links import confirm_url, confirmed
from .free_stock import free_units
from .mailing import OFFICE
from .notify_waiting import DUE

HOURS = 48
LIFETIME = timedelta(hours=HOURS)


def ask_to_confirm(alert_id: UUID, cause: str) -> bool:
    """Send the first mail; False when there is nothing left to confirm. Raises as `mails.send.send`."""
    alert = store.find(alert_id)
    if alert is None or alert.state != store.PENDING or _over(alert, clock.now()):
        return False
    seen = shop().buyable([alert.variant_id], alert.channel).get(alert.variant_id)
    if seen is None:
        return False
    return send(
        OFFICE,
        CONFIRM,
        to=alert.email,
        language=alert.language,
        cause=cause,
        given={
            "product": seen.name,
            "confirm": confirm_url(alert.pk),
            "hours": LIFETIME // timedelta(hours=1),
        },
        country=alert.country,
    )


def confirmable(token: str) -> StockAlert | None:
    """The subscription behind a link, to be confirmed or confirmed by now.

    None for a link that is not ours, too old or called off.
    """
    key = confirmed(token)
    alert = store.find(key) if key else None
    if alert is None or (alert.state == store.PENDING and _over(alert, clock.now())):
        return None
    return alert if alert.state in (store.PENDING, store.WAITING, store.SENT) else None


def confirm_alert(token: str) -> StockAlert | None:
    """Confirm, once; answers as `confirmable`."""
    alert = confirmable(token)
    if alert is not None and alert.state == store.PENDING:
        _confirm(alert, clock.now())
    return alert


def _confirm(alert: StockAlert, now: datetime) -> None:
    place = store.place_of(alert)
    free = bool(free_units([place])[place])
    with transaction.atomic():
        if store.confirm(alert.pk, now):
            store.watch(place, now, free=free)
            if free:
                # It came back before the yes did.
                emit(DUE, {"alertId": str(alert.pk)}, key=f"{alert.pk}:confirmed")


def _over(alert: StockAlert, now: datetime) -> bool:
    return now - alert.created >= LIFETIME
