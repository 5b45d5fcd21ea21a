"""Somebody types the code from the mail."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F
from django.utils.crypto import constant_time_compare

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Invalid, Required

from ..domain import codes
from ..models import AccessCode
from .send_access_code import hash_of

_NO_HASH = "0" * 64


def confirm_access(code_id: UUID, code: str) -> str:
    """The order's id; the code is used up.

    Raises Required, and one Invalid (``code``, WRONG_CODE) for all that is wrong: the code, its time, its
    attempts, that it was used, that there never was one. An attempt is counted before it is looked at, so
    that many at once are no more than five; outside of a transaction, or its end would forget them.
    """
    given = codes.typed(code)
    if not given:
        raise Required("Type the code from the mail.", field="code")
    now = clock.now()
    alive = AccessCode.objects.filter(pk=code_id, used=None, expires__gt=now)
    counted = alive.filter(attempts__lt=codes.ATTEMPTS).update(attempts=F("attempts") + 1)
    row = AccessCode.objects.filter(pk=code_id).first()
    known = (row.code_hash if row else "") or _NO_HASH
    fits = constant_time_compare(hash_of(code_id, given), known)
    if not (row and fits and counted and alive.update(used=now)):
        raise Invalid(
            "This code does not fit, or its time is over. Check it, or ask for a new one.",
            field="code",
            code="WRONG_CODE",
        )
    return row.order_id
