"""Withdraw from a contract by the law's function (Directive 2011/83/EU, Article 11a).

Nobody is asked for a reason, a code or an account, and nothing is looked up before it is taken in: the
statement counts from here, whatever becomes of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction

from saleor_plugins.delivery import emit
from saleor_plugins.http import texts
from saleor_plugins.http.languages import LANGUAGES
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Invalid, Invalids
from saleor_plugins.kernel.ids import to_global

from ..domain.quantities import MAX_LINES
from ..models import WithdrawalStatement
from .find_order import order_number

RECEIVED = "withdrawal.received"
MOST_OF_NAME = 200
MOST_OF_GOODS = 1000


@dataclass(frozen=True)
class Declaration:
    """What somebody declares. `goods` are words; `lines` units by order line; neither means all goods.

    `order_id` only where the shopper has proven that the order is theirs.
    """

    name: str
    number: str
    email: str
    goods: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)
    language: str = LANGUAGES[0]
    order_id: str = ""


def checked(given: Declaration) -> Declaration:
    """It, tidied up. Raises Invalids: ``name``, ``orderNumber``, ``email``, ``goods``."""
    reads: dict[str, Callable[[], str]] = {
        "name": lambda: _name(given.name),
        "number": lambda: order_number(given.number, field="orderNumber"),
        "email": lambda: texts.address(given.email, field="email"),
        "goods": lambda: texts.clean(given.goods, field="goods", most=MOST_OF_GOODS),
    }
    values, errors = {}, []
    for name, read in reads.items():
        try:
            values[name] = read()
        except Invalid as error:
            errors.append(error)
    if len(given.lines) > MAX_LINES or any(units < 1 for units in given.lines.values()):
        errors.append(Invalid("Not units of an order.", field="goods"))
    if errors:
        raise Invalids(errors)
    return Declaration(**{**vars(given), **values})


def declare_withdrawal(given: Declaration, key: UUID) -> WithdrawalStatement:
    """Take it in, once for a `key`: sent again it is the same statement. Raises as `checked`."""
    said = checked(given)
    values: dict[str, Any] = {
        "order_number": said.number,
        "name": said.name,
        "email": said.email,
        "goods": said.goods,
        "lines": dict(said.lines),
        "language": said.language,
        "order_id": said.order_id,
        "received": clock.now(),
    }
    with transaction.atomic():
        statement, new = WithdrawalStatement.objects.get_or_create(pk=key, defaults=values)
        if new:
            # Who it is stays here: events are kept and sent on.
            data = {
                "statementId": to_global("WithdrawalStatement", key),
                "at": statement.received.isoformat(),
            }
            emit(RECEIVED, data)
    return statement


def _name(value: str) -> str:
    name = texts.one_line(value, field="name", most=MOST_OF_NAME)
    return texts.required(name, field="name", most=MOST_OF_NAME)
