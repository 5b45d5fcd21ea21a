"""Take down who wants to be told when a variant is there again."""

from __future__ import annotations

import re
from enum import StrEnum

from django.db import transaction

from ...delivery import emit
from ...http.languages import LANGUAGES
from ...http.texts import address
from ...kernel import clock
from ...kernel.errors import Invalid
from ...platform import shop
from ...platform.port import Asker, AskerKind
from ..models import StockAlert
from ..store import alerts as store
from ..views.alert_links import digest_of
from .alert_rules import rules, wanted
from .free_stock import free_units

REQUESTED = "restock.alert_requested"
MOST_UNCONFIRMED = 5
"""Confirmations that an address is asked for at a time: nobody's mailbox is filled by others."""


class Answer(StrEnum):
    """What whoever asks is told: by the variant and the merchant's settings, never by who is known."""

    CONFIRM = "CONFIRM"
    NOTED = "NOTED"
    AVAILABLE = "AVAILABLE"


def subscribe_alert(
    asker: Asker,
    variant_id: str,
    *,
    channel: str = "",
    country: str = "",
    email: str = "",
    language: str = "",
) -> Answer:
    """Note the wish, once for an address; a guest's counts when it is confirmed.

    A signed-in customer's is their account's address, when they have proven it. Nothing is stored for what
    visitors cannot see, and the answer is the same. Raises Required and Invalid (``email``, ``country``).
    """
    proven = _account(asker, email)
    given = proven or address(email, field="email")
    country = country.strip().upper()
    if country and not re.fullmatch("[A-Z]{2}", country):
        raise Invalid("Must be two letters, as in DE.", field="country")
    found = rules()
    answer = Answer.NOTED if proven or not found["confirm"] else Answer.CONFIRM
    seen = shop().buyable([variant_id], channel).get(variant_id)
    if seen is None or not wanted():
        return answer
    place = (seen.variant_id, seen.channel, country)
    if free_units([place])[place]:
        return Answer.AVAILABLE
    alert = StockAlert(
        variant_id=place[0],
        channel=place[1],
        country=country,
        email=given,
        digest=digest_of(given),
        user_id=asker.id if proven else "",
        language=language if language in LANGUAGES else "",
        created=clock.now(),
    )
    _note(alert, confirmed=answer is Answer.NOTED)
    return answer


def _account(asker: Asker, email: str) -> str:
    """The proven address of the customer who asks, unless they name another."""
    if asker.kind not in (AskerKind.CUSTOMER, AskerKind.STAFF) or not asker.id:
        return ""
    own = shop().account_email(asker.id)
    return own if not email.strip() or email.strip().lower() == own.lower() else ""


def _note(alert: StockAlert, *, confirmed: bool) -> None:
    now = alert.created
    with transaction.atomic():
        if not confirmed and store.unconfirmed(alert.digest) >= MOST_UNCONFIRMED:
            return
        kept, _ = store.add(alert)
        if confirmed and store.confirm(kept.pk, now):
            store.watch(store.place_of(kept), now, free=False)
        elif kept.state == store.PENDING:
            # Whoever asks again has perhaps lost the mail: another one, but one a day.
            day = now.date().isoformat()
            emit(REQUESTED, {"alertId": str(kept.pk), "day": day}, key=f"{kept.pk}:{day}")
