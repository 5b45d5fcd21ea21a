"""Erase a person (GDPR, Article 17): what tells of them goes, what was sold, returned and paid stays."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from saleor_plugins.kernel.errors import Conflict, Required
from saleor_plugins.platform.port import Asker

from .. import access, store
from ..domain.machines import OPEN, RefundState
from ..models import OrderLedger, Refund, Return, ReturnLabel, WithdrawalStatement
from ..store.erasing import Counts, erase
from ..store.person import Person, find_person

# A label that may have been bought, and nobody knows yet.
_UNSETTLED = ("RESERVED", "SENT", "UNKNOWN")
_SHOWN = 5


@dataclass(frozen=True)
class Erasure:
    """How much was, or by a dry run would be, emptied or deleted. `users` are the accounts of the orders."""

    counts: Counts
    done: bool
    users: tuple[str, ...]


class _DryRun(Exception):
    """Takes everything back."""


def erase_person(asker: Asker, email: str = "", user_id: str = "", *, dry_run: bool = True) -> Erasure:
    """Erase whoever ordered with that address, or from that account. Twice is once.

    A dry run does all of it and takes it back. Raises PermissionDenied, Required (``email``), Conflict
    (``email``): OPEN_RETURN, UNSETTLED_REFUND, UNSETTLED_LABEL, OPEN_WITHDRAWAL while the data is needed to
    give the person what is theirs.
    """
    access.require_privacy(asker)
    if not (email.strip() or user_id):
        raise Required("Name an e-mail address or an account.", field="email")
    counts: Counts = {}
    person = Person()
    try:
        with transaction.atomic():
            person = find_person(email.strip(), user_id)
            list(OrderLedger.objects.select_for_update().filter(pk__in=person.orders).order_by("pk"))
            _refuse_unfinished(person)
            fresh = list(Return.objects.filter(pk__in=person.returns, erased=None))
            counts = erase(person)
            for rma in fresh:
                store.log(rma, "erase", asker, {})
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    return Erasure(counts, not dry_run, tuple(sorted(person.users)))


def _refuse_unfinished(person: Person) -> None:
    mine = Q(rma__in=person.returns)
    waits = (
        (
            "OPEN_RETURN",
            "returns are open",
            Return.objects.filter(pk__in=person.returns, state__in=OPEN).values_list("number", flat=True),
        ),
        (
            "UNSETTLED_REFUND",
            "refunds are not settled",
            Refund.objects.filter(mine)
            .exclude(state=RefundState.SUCCEEDED.value)
            .values_list("rma__number", flat=True),
        ),
        (
            "UNSETTLED_LABEL",
            "labels are being bought",
            ReturnLabel.objects.filter(mine, state__in=_UNSETTLED).values_list("rma__number", flat=True),
        ),
        (
            "OPEN_WITHDRAWAL",
            "withdrawals wait for staff, of orders",
            WithdrawalStatement.objects.filter(pk__in=person.statements, settled=None).values_list(
                "order_number", flat=True
            ),
        ),
    )
    for code, words, found in waits:
        names = sorted(set(found))
        if names:
            shown = ", ".join(names[:_SHOWN]) + (" and more" if len(names) > _SHOWN else "")
            raise Conflict(f"Finish these first: {words}: {shown}.", field="email", code=code)
