"""Everything the desk holds about a person: found, told, and taken away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from .. import keys
from ..domain.identity import same_email
from ..models import AccessCode, Draft, OrderLedger, Return, WithdrawalStatement

CHUNK = 500


@dataclass(frozen=True)
class Person:
    """Whose data it is: their orders, returns, and what came by the portal's door."""

    orders: tuple[str, ...] = ()
    returns: tuple[UUID, ...] = ()
    drafts: tuple[UUID, ...] = ()
    codes: tuple[UUID, ...] = ()
    statements: tuple[UUID, ...] = ()
    users: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.orders or self.returns or self.drafts or self.codes or self.statements)


def find_person(email: str = "", user_id: str = "") -> Person:
    """What is theirs: orders placed with that address or from that account, and all that hangs on those.

    What was written down with an address (codes, withdrawals) is compared one by one: it lies encrypted.
    """
    known = Q(user_id=user_id) if user_id else Q(pk__in=[])
    if email:
        known |= Q(customer_key=keys.customer_key(email))
    elif user_id:
        known |= Q(customer_key=keys.customer_key("", user_id))
    rows = dict(OrderLedger.objects.filter(known).values_list("pk", "user_id"))
    mine = Q(order__in=rows) | (Q(user_id=user_id) if user_id else Q(pk__in=[]))
    returns = dict(Return.objects.filter(mine).order_by("pk").values_list("pk", "user_id"))
    drafts = Draft.objects.filter(order_id__in=rows).values_list("pk", flat=True)
    return Person(
        orders=tuple(sorted(rows)),
        returns=tuple(returns),
        drafts=tuple(drafts),
        codes=tuple(_with_address(AccessCode, email, Q(order_id__in=rows))),
        statements=tuple(
            _with_address(WithdrawalStatement, email, Q(order_id__in=rows) | Q(rma__in=list(returns)))
        ),
        users=frozenset({user_id, *rows.values(), *returns.values()} - {""}),
    )


def _with_address(model: Any, email: str, known: Q) -> Iterator[UUID]:
    found = set(model.objects.filter(known).values_list("pk", flat=True))
    yield from sorted(found)
    if email:
        wanted = same_email(email)
        for key, stored in model.objects.values_list("pk", "email").iterator(chunk_size=CHUNK):
            if key not in found and stored and same_email(stored) == wanted:
                yield key
