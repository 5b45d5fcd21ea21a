"""Send one mail, once per cause: reserved in the database, sent outside any transaction, written down."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.crypto import salted_hmac

from saleor_plugins.delivery import Park, Retry
from saleor_plugins.http.texts import MOST_OF_ADDRESS
from saleor_plugins.kernel import clock
from saleor_plugins.platform import shop

from .office import Office
from .render import Written

# Longer than a mail server is given to answer: who takes longer is taken for dead.
LEASE = timedelta(minutes=5)


def send(
    office: Office,
    kind: str,
    *,
    to: str,
    language: str,
    cause: str,
    given: Mapping[str, Any],
    country: str = "",
    facts: Mapping[str, Any] | None = None,
    never_twice: bool = False,
    stop: str = "",
) -> bool:
    """Reserve the mail, send it through the shop's own mail settings, write down that it went.

    Call it from a worker, outside any transaction. `cause` says why there is a mail of `kind`: a second call
    with the same does nothing and answers False. When the server refuses, its exception goes on and the
    next call tries again; what was sent by whoever died before writing it down is sent again after five
    minutes, with the same Message-ID: at least once. With `never_twice` it is not, whether or not it went:
    what nobody misses much should rather be lost than repeated.

    `given` has the values of the kind's variables but for shop and support: days as date, moments as aware
    datetime, money as (minor units, currency). `facts` are further columns of `office.sent`. `stop` is an
    address that ends such mails when it is posted to: in the mail's foot, and for its program (RFC 8058).

    Raises Retry while another worker is sending it, Park for what is no mail address, RuntimeError inside a
    transaction, KeyError and ValueError when `given` is not the kind's.
    """
    _check_address(to)
    written, language = office.compose(office.kinds[kind], language, given, country=country, stop=stop)
    mail = _reserve(office, kind, cause, never_twice, {"language": language, **(facts or {})})
    if mail is None:
        return False
    digest = _digest(office.salt, to, written)
    if never_twice:
        # From here on it may have gone: whoever finds the digest does not send it again.
        _write(office, mail, digest=digest)
    try:
        words = (written.subject, written.text, written.html)
        shop().send_mail(to, *words, key=mail.pk.hex, headers=_headers(stop))
    except Exception:
        office.sent.objects.filter(pk=mail.pk, sent=None, created=mail.created).delete()
        raise
    _write(office, mail, sent=clock.now(), digest=digest)
    return True


def _write(office: Office, mail: Any, **values: Any) -> None:
    office.sent.objects.filter(pk=mail.pk).update(**values)


def _headers(stop: str) -> dict[str, str]:
    if not stop:
        return {}
    return {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _check_address(to: str) -> None:
    try:
        validate_email(to)
        sound = len(to) <= MOST_OF_ADDRESS
    except ValidationError:
        sound = False
    if not sound:
        raise Park("Not a mail address.")


def _reserve(office: Office, kind: str, cause: str, never_twice: bool, facts: dict[str, Any]) -> Any:
    """The mail to send, or None when it was sent. Raises Retry while somebody else may be sending it."""
    now, rows = clock.now(), office.sent.objects
    mail, new = rows.get_or_create(kind=kind, cause=cause, defaults={"created": now, **facts})
    if new:
        return mail
    if mail.sent:
        return None
    left = mail.created + LEASE - now
    if left > timedelta():
        raise Retry("Another worker may be sending this mail.", after=left)
    if never_twice and mail.digest:
        return None
    mine = rows.filter(pk=mail.pk, sent=None, created=mail.created)
    if not mine.update(created=now):
        raise Retry("Another worker is sending this mail.", after=LEASE)
    mail.created = now
    return mail


def _digest(salt: str, to: str, written: Written) -> str:
    words = "\n".join((to, written.subject, written.text))
    return str(salted_hmac(salt, words, algorithm="sha256").hexdigest())
