"""Codes and withdrawals, many at once: what may happen once happens once."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from saleor_plugins.kernel.errors import Invalid
from saleor_plugins.returns.domain import codes
from saleor_plugins.returns.models import AccessCode, Return, WithdrawalStatement
from saleor_plugins.returns.usecases.confirm_access import confirm_access
from saleor_plugins.returns.usecases.declare_withdrawal import RECEIVED, Declaration, declare_withdrawal
from saleor_plugins.returns.usecases.match_withdrawal import match_withdrawal
from saleor_plugins.returns.usecases.request_access import request_access
from saleor_plugins.returns.usecases.send_access_code import send_access_code

from .doors import EMAIL, code_in
from .rooms import Room, events
from .test_life_races import both


def matched(key: object) -> Callable[[], None]:
    from django.db import transaction

    def run() -> None:
        with transaction.atomic():
            match_withdrawal(key)  # type: ignore[arg-type]

    return run


def test_a_code_opens_once(committed_room: Room) -> None:
    order = committed_room.make_shipped(1, email=EMAIL)
    asked = request_access(order.number, EMAIL)
    send_access_code(asked.pk)
    code = code_in(committed_room)
    found = both(*[lambda: confirm_access(asked.pk, code)] * 4)
    assert sorted(found) == ["", *["WRONG_CODE"] * 3]


def test_guesses_at_once_are_counted_one_by_one(committed_room: Room) -> None:
    order = committed_room.make_shipped(1, email=EMAIL)
    asked = request_access(order.number, EMAIL)
    send_access_code(asked.pk)
    found = both(*[lambda: confirm_access(asked.pk, "22222222")] * 8)
    assert found == ["WRONG_CODE"] * 8
    assert AccessCode.objects.get().attempts == codes.ATTEMPTS
    try:
        confirm_access(asked.pk, code_in(committed_room))
    except Invalid as error:
        assert error.code == "WRONG_CODE"
    else:
        raise AssertionError("a sixth attempt was let in")


def test_workers_at_once_mail_three(committed_room: Room) -> None:
    order = committed_room.make_shipped(1, email=EMAIL)
    asked = [request_access(order.number, EMAIL).pk for _ in range(6)]
    both(*[lambda key=key: send_access_code(key) for key in asked])
    assert len(committed_room.data.mails()) == codes.MAILS
    assert AccessCode.objects.exclude(code_hash="").count() == codes.MAILS


def test_a_declaration_confirmed_in_two_windows_is_one(committed_room: Room) -> None:
    order = committed_room.make_shipped(2, email=EMAIL, country="DE")
    said, key = Declaration("Ada", order.number, EMAIL), uuid4()
    assert both(*[lambda: declare_withdrawal(said, key)] * 4) == [""] * 4
    assert len(events(RECEIVED)) == WithdrawalStatement.objects.count() == 1


def test_two_declarations_at_once_are_one_return(committed_room: Room) -> None:
    order = committed_room.make_shipped(2, email=EMAIL, country="DE")
    keys = [declare_withdrawal(Declaration("Ada", order.number, EMAIL), uuid4()).pk for _ in range(3)]
    both(*[matched(key) for key in (*keys, keys[0])])
    assert Return.objects.count() == 1
    open_rows = WithdrawalStatement.objects.filter(settled=None)
    assert [row.outcome for row in open_rows] == []
