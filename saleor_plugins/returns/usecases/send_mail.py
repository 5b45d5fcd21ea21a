"""Send one mail to a shopper, once per cause."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.crypto import salted_hmac

from saleor_plugins.delivery import Park, Retry
from saleor_plugins.http.languages import LANGUAGES
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import NotFound
from saleor_plugins.platform import shop

from ..mails.kinds import KINDS, Kind
from ..mails.render import Written, ours, write
from ..models import MailTemplate, Return, SentMail
from .branding import branding

# Longer than a mail server is given to answer: who takes longer is taken for dead.
LEASE = timedelta(minutes=5)
MAX_ADDRESS = 254


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
    """Reserve the mail, send it through the shop's own mail settings, write down that it went.

    Call it from a worker, outside any transaction. `cause` says why there is a mail of `kind`: a second call
    with the same does nothing and answers False. When the server refuses, its exception goes on and the
    next call tries again; what was sent by whoever died before writing it down is sent again after five
    minutes, with the same Message-ID: at least once.

    `context` has the values of the kind's variables (mails/kinds.py) but for shop and support: days as
    date, moments as aware datetime, money as (minor units, currency). An unknown `language`
    is the merchant's.

    Raises Retry while another worker is sending it, Park for what is no mail address, RuntimeError inside a
    transaction, KeyError and ValueError when `context` is not the kind's.
    """
    _check_address(to)
    written, language = compose(KINDS[kind], language, context, order_id=order_id)
    mail = _reserve(kind, cause, language=language, order_id=order_id, rma=rma)
    if mail is None:
        return False
    try:
        shop().send_mail(to, written.subject, written.text, written.html, key=mail.pk.hex)
    except Exception:
        SentMail.objects.filter(pk=mail.pk, sent=None, created=mail.created).delete()
        raise
    SentMail.objects.filter(pk=mail.pk).update(sent=clock.now(), digest=_digest(to, written))
    return True


def compose(
    kind: Kind,
    language: str,
    context: Mapping[str, Any],
    *,
    order_id: str = "",
    source: tuple[str, str] | None = None,
) -> tuple[Written, str]:
    """The mail and its language, by `source`, the merchant's template or ours.

    Amounts are written as people do in the order's country.
    """
    brand = branding(language if language in LANGUAGES else "")
    language = brand["language"]
    source = source or source_of(kind, language)
    return write(kind, source, context, brand, zone=shop().time_zone(), country=_country(order_id)), language


def source_of(kind: Kind, language: str) -> tuple[str, str]:
    """Subject and text: the merchant's, else ours."""
    rows = MailTemplate.objects.filter(kind=kind.name, language=language)
    return rows.values_list("subject", "text").first() or ours(kind, language)


def _country(order_id: str) -> str:
    """Where the order went; "" when that is unknown."""
    try:
        address = shop().order(order_id).shipping_address if order_id else None
    except NotFound:
        address = None
    return address.country if address else ""


def _check_address(to: str) -> None:
    try:
        validate_email(to)
        sound = len(to) <= MAX_ADDRESS
    except ValidationError:
        sound = False
    if not sound:
        raise Park("Not a mail address.")


def _reserve(kind: str, cause: str, **facts: Any) -> SentMail | None:
    """The mail to send, or None when it was sent. Raises Retry while somebody else may be sending it."""
    now = clock.now()
    mail, new = SentMail.objects.get_or_create(kind=kind, cause=cause, defaults={"created": now, **facts})
    if new:
        return mail
    if mail.sent:
        return None
    left = mail.created + LEASE - now
    if left > timedelta():
        raise Retry("Another worker may be sending this mail.", after=left)
    mine = SentMail.objects.filter(pk=mail.pk, sent=None, created=mail.created)
    if not mine.update(created=now):
        raise Retry("Another worker is sending this mail.", after=LEASE)
    mail.created = now
    return mail


def _digest(to: str, written: Written) -> str:
    words = "\n".join((to, written.subject, written.text))
    return salted_hmac("saleor_plugins.returns.mails", words, algorithm="sha256").hexdigest()
