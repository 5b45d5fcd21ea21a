"""Mail the code that opens an order, to the address that is in the order and to no other."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.crypto import salted_hmac

from saleor_plugins.kernel import clock
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import Order

from ..domain import codes
from ..models import AccessCode
from .find_order import find_order
from .send_mail import send_mail_of

_CODE = "saleor_plugins.returns.access_code"
_HASH = "saleor_plugins.returns.access_hash"


def send_access_code(code_id: UUID) -> bool:
    """Whether a code was mailed: not without an order, and not more than three times an hour for one.

    Called again it mails the same code, unless that was sent.
    """
    asked = AccessCode.objects.filter(pk=code_id, used=None, expires__gt=clock.now()).first()
    order = find_order(asked.order_number, asked.email) if asked else None
    if asked is None or order is None or not _granted(asked, order):
        return False
    send_mail_of(
        "access_code",
        to=order.email,
        language=asked.language,
        cause=str(asked.pk),
        order_id=order.id,
        context={
            "order": order.number,
            "code": codes.shown(_code(asked.pk)),
            "minutes": codes.LIFETIME.seconds // 60,
        },
    )
    return True


def hash_of(code_id: UUID, code: str) -> str:
    """What is stored of a code: nothing without the shop's secret key."""
    return str(salted_hmac(_HASH, f"{code_id}:{code}", algorithm="sha256").hexdigest())


def _code(code_id: UUID) -> str:
    # Made of the row and not of chance: a worker that comes back after a crash mails what was stored.
    return codes.code_of(salted_hmac(_CODE, str(code_id), algorithm="sha256").digest())


def _granted(asked: AccessCode, order: Order) -> bool:
    """Bind the code to the order, unless it has had its mails."""
    with transaction.atomic():
        # The order's row is the lock: two workers must not both count two.
        shop().order(order.id, lock=True)
        if AccessCode.objects.filter(pk=asked.pk).exclude(code_hash="").exists():
            return True
        now = clock.now()
        if AccessCode.objects.filter(order_id=order.id, created__gt=now - codes.HOUR).count() >= codes.MAILS:
            return False
        asked.order_id, asked.code_hash = order.id, hash_of(asked.pk, _code(asked.pk))
        # Its minutes begin with the mail, not with the wait for a worker.
        asked.expires = now + codes.LIFETIME
        asked.save(update_fields=["order_id", "code_hash", "expires"])
    return True
