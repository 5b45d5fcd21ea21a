"""Somebody looks for their order: the same work and the same answer, whether there is one or not."""

from __future__ import annotations

from django.db import transaction

from saleor_plugins.delivery import emit
from saleor_plugins.http.languages import LANGUAGES
from saleor_plugins.http.texts import address
from saleor_plugins.kernel import clock

from ..domain.codes import LIFETIME
from ..models import AccessCode
from .find_order import order_number

REQUESTED = "returns.access_requested"


def request_access(number: str, email: str, *, language: str = LANGUAGES[0]) -> AccessCode:
    """Note who asks for what; a worker looks for the order and mails a code.

    Raises Required and Invalid (``orderNumber``, ``email``) for what can be no number or no address.
    """
    now = clock.now()
    asked = AccessCode(
        order_number=order_number(number, field="orderNumber"),
        email=address(email, field="email"),
        language=language,
        created=now,
        expires=now + LIFETIME,
    )
    with transaction.atomic():
        asked.save(force_insert=True)
        emit(REQUESTED, {"codeId": str(asked.pk)})
    return asked
