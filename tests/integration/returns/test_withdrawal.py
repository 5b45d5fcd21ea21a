"""The law's function (Directive 2011/83/EU, Article 11a): its pages, its mail, the return it becomes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict, Invalids, NotFound, PermissionDenied, Required
from saleor_plugins.platform.port import Asker
from saleor_plugins.returns.models import Return, ReturnLine, SentMail, WithdrawalStatement
from saleor_plugins.returns.usecases.acknowledge_withdrawal import acknowledge_withdrawal
from saleor_plugins.returns.usecases.declare_withdrawal import RECEIVED, Declaration, declare_withdrawal
from saleor_plugins.returns.usecases.match_withdrawal import match_withdrawal
from saleor_plugins.returns.usecases.settle_withdrawal import settle_withdrawal

from .doors import EMAIL, PORTAL, enter, hidden, one_minute, work
from .rooms import STAFF, Room, events

WITHDRAW = f"{PORTAL}withdraw/"
# Article 11a(1) and (3), in English, German and Polish.
WORDS = {
    "en": ("Withdraw from contract here", "Confirm withdrawal"),
    "de": ("Vertrag widerrufen", "Widerruf bestätigen"),
    "pl": ("Odstąp od umowy tutaj", "Potwierdź odstąpienie od umowy"),
}


@pytest.fixture(autouse=True)
def _nobody_was_here(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def order(room: Room) -> Any:
    return room.make_shipped(3, 2, email=EMAIL, country="DE")


def said(order: Any, **more: Any) -> dict[str, Any]:
    return {"name": "Ada Example", "orderNumber": order.number, "email": EMAIL, "which": "all", **more}


def withdraw(client: Client, form: dict[str, Any], **headers: Any) -> Any:
    """Both steps; the receipt."""
    check = client.post(WITHDRAW, form, **headers)
    assert check.status_code == 200, check.content.decode()
    done = client.post(f"{WITHDRAW}confirm/", {"said": hidden(check, "said")}, **headers)
    assert done.status_code == 303
    return client.get(done["Location"], **headers)


def declared(order: Any, **more: Any) -> WithdrawalStatement:
    return declare_withdrawal(Declaration("Ada Example", order.number, EMAIL, **more), uuid4())


def units(rma: Return) -> list[int]:
    return sorted(ReturnLine.objects.filter(rma=rma).values_list("approved", flat=True))


class TestPages:
    """Two steps and a receipt, for everybody."""

    @pytest.mark.parametrize("language", sorted(WORDS))
    def test_the_words_of_the_law(self, client: Client, room: Room, order: Any, language: str) -> None:
        spoken = {"HTTP_ACCEPT_LANGUAGE": language}
        link, confirm = WORDS[language]
        assert f'<a href="{WITHDRAW}">{link}</a>' in client.get(PORTAL, **spoken).content.decode()
        assert f"<h1>{link}</h1>" in client.get(WITHDRAW, **spoken).content.decode()
        check = client.post(WITHDRAW, said(order), **spoken).content.decode()
        first = re.search(r'action="[^"]*confirm/">.*?</form>', check, re.DOTALL)
        assert first
        assert re.findall(r"<button[^>]*>(.*?)</button>", first[0]) == [confirm]

    def test_nothing_but_what_the_law_names_is_asked(self, client: Client, room: Room) -> None:
        html = client.get(WITHDRAW).content.decode()
        main = html[html.index("<main") : html.index("</main>")]
        assert re.findall(r'<(?:input|textarea|select)[^>]* name="(\w+)"', main) == [
            "name", "orderNumber", "email", "which", "which", "goods",
        ]  # fmt: skip

    def test_nothing_is_taken_in_before_it_is_confirmed(self, client: Client, room: Room, order: Any) -> None:
        client.post(WITHDRAW, said(order))
        assert not WithdrawalStatement.objects.exists()
        assert events(RECEIVED) == []

    def test_the_receipt_says_what_and_when(self, client: Client, room: Room, order: Any) -> None:
        at = datetime(2026, 7, 1, 22, 30, 15, tzinfo=UTC)
        with time_machine.travel(at, tick=False):
            html = withdraw(client, said(order)).content.decode()
        row = WithdrawalStatement.objects.get()
        assert row.received == at
        assert f'datetime="{at.isoformat()}"' in html
        for part in ("Ada Example", order.number, EMAIL, "All goods of the order", ":30:15"):
            assert part in html

    def test_confirmed_twice_it_is_one(self, client: Client, room: Room, order: Any) -> None:
        token = hidden(client.post(WITHDRAW, said(order)), "said")
        first, second = (client.post(f"{WITHDRAW}confirm/", {"said": token}) for _ in range(2))
        assert first.status_code == second.status_code == 303
        assert WithdrawalStatement.objects.count() == len(events(RECEIVED)) == 1
        assert client.get(second["Location"]).status_code == 200

    @pytest.mark.parametrize("missing", ["name", "orderNumber", "email"])
    def test_what_is_missing_is_said(self, client: Client, room: Room, order: Any, missing: str) -> None:
        answer = client.post(WITHDRAW, said(order, **{missing: " "}))
        assert answer.status_code == 422
        assert f'href="#{missing}"' in answer.content.decode()
        assert "Ada" in answer.content.decode() or missing == "name"

    def test_some_goods_must_be_named(self, client: Client, room: Room, order: Any) -> None:
        answer = client.post(WITHDRAW, said(order, which="some", goods=" "))
        assert answer.status_code == 422
        assert 'href="#goods"' in answer.content.decode()
        html = withdraw(client, said(order, which="some", goods="the <red> one")).content.decode()
        assert "the &lt;red&gt; one" in html

    def test_change_brings_the_form_back(self, client: Client, room: Room, order: Any) -> None:
        token = hidden(client.post(WITHDRAW, said(order, which="some", goods="a scarf")), "said")
        html = client.post(f"{WITHDRAW}change/", {"said": token}).content.decode()
        assert 'value="Ada Example"' in html
        assert "a scarf</textarea>" in html

    def test_forged_and_foreign_pages(self, client: Client, room: Room, order: Any) -> None:
        token = hidden(client.post(WITHDRAW, said(order)), "said")
        for forged in ("", "x", token[:-2], "x" + token):
            assert client.post(f"{WITHDRAW}confirm/", {"said": forged}).status_code == 404
        away = client.post(f"{WITHDRAW}confirm/", {"said": token}, HTTP_SEC_FETCH_SITE="cross-site")
        assert away.status_code == 403
        assert not WithdrawalStatement.objects.exists()
        assert client.get(f"{WITHDRAW}x/").status_code == 404
        assert client.get(f"{WITHDRAW}confirm/")["Location"] == WITHDRAW

    def test_old_pages(self, client: Client, room: Room, order: Any) -> None:
        token = hidden(client.post(WITHDRAW, said(order)), "said")
        receipt = client.post(f"{WITHDRAW}confirm/", {"said": token})["Location"]
        with time_machine.travel(clock.now() + timedelta(days=1, seconds=5)):
            assert client.get(receipt).status_code == 410
            assert client.post(f"{WITHDRAW}confirm/", {"said": token}).status_code == 404

    def test_the_answer_is_the_same_for_strangers(self, client: Client, room: Room, order: Any) -> None:
        def answers(form: dict[str, Any]) -> list[Any]:
            check = client.post(WITHDRAW, form)
            done = client.post(f"{WITHDRAW}confirm/", {"said": hidden(check, "said")})
            work()
            return [check.status_code, done.status_code, client.get(done["Location"]).status_code]

        known = answers(said(order))
        assert known == answers(said(order, email="someone@else.example"))
        assert known == answers(said(order, orderNumber="999999"))

    def test_switched_off(self, client: Client, room: Room) -> None:
        room.configure(portal_withdrawal=False)
        assert client.get(WITHDRAW).status_code == 404
        assert "withdraw/" not in client.get(PORTAL).content.decode()

    def test_who_is_signed_in_names_units(self, client: Client, room: Room, order: Any) -> None:
        enter(client, room, order)
        html = client.get(WITHDRAW).content.decode()
        assert f'value="{order.number}"' in html
        chosen = {"units-0": "1", "units-1": "0"}
        withdraw(client, said(order, which="some", **chosen))
        row = WithdrawalStatement.objects.get()
        line = room.data.shop.order(order.id).lines[0]
        assert (row.order_id, row.lines, row.goods) == (order.id, {line.id: 1}, f"1 × {line.name}")
        work()
        assert units(Return.objects.get()) == [1]

    def test_who_is_signed_in_must_choose_some_unit(self, client: Client, room: Room, order: Any) -> None:
        enter(client, room, order)
        answer = client.post(WITHDRAW, said(order, which="some", **{"units-0": "0", "units-1": "x"}))
        assert answer.status_code == 422

    def test_who_is_signed_in_may_mean_another_order(self, client: Client, room: Room, order: Any) -> None:
        enter(client, room, order)
        other = room.make_shipped(1, email=EMAIL, country="DE")
        withdraw(client, said(other, which="all"))
        work()
        assert Return.objects.get().order_id == other.id

    @one_minute()
    def test_nobodys_mailbox_is_filled(self, client: Client, room: Room, order: Any) -> None:
        tokens = [hidden(client.post(WITHDRAW, said(order)), "said") for _ in range(4)]
        send = [
            client.post(f"{WITHDRAW}confirm/", {"said": token}, HTTP_X_FORWARDED_FOR=f"203.0.113.{i}")
            for i, token in enumerate(tokens)
        ]
        assert [answer.status_code for answer in send] == [303, 303, 303, 429]
        assert WithdrawalStatement.objects.count() == 3

    @one_minute()
    def test_one_that_was_taken_in_has_no_limit(self, client: Client, room: Room, order: Any) -> None:
        token = hidden(client.post(WITHDRAW, said(order)), "said")
        sent = [client.post(f"{WITHDRAW}confirm/", {"said": token}).status_code for _ in range(12)]
        assert set(sent) == {303} and WithdrawalStatement.objects.count() == 1


class TestBecomesAReturn:
    """What a worker makes of it."""

    def test_all_that_was_sent(self, client: Client, room: Room, order: Any) -> None:
        withdraw(client, said(order))
        work()
        rma = Return.objects.get()
        row = WithdrawalStatement.objects.get()
        assert (rma.withdrawal, rma.state, rma.order_id) == (True, "APPROVED", order.id)
        assert units(rma) == [2, 3]
        assert set(ReturnLine.objects.values_list("reason_code", flat=True)) == {"WITHDRAWAL"}
        assert (row.rma, row.outcome, row.order_id) == (rma, f"Return {rma.number}.", order.id)
        assert row.settled and row.acknowledged

    @pytest.mark.parametrize("language", ["en", "de", "pl"])
    def test_the_mail_has_content_and_time(
        self, client: Client, room: Room, order: Any, language: str
    ) -> None:
        at = datetime(2026, 7, 1, 10, 30, 15, tzinfo=UTC)
        with time_machine.travel(at, tick=False):
            withdraw(client, said(order), HTTP_ACCEPT_LANGUAGE=language)
        acknowledge_withdrawal(WithdrawalStatement.objects.get().pk)
        to, _, text, _, _ = room.data.mails()[-1]
        goods = {"en": "All goods", "de": "Alle Waren", "pl": "Cały towar"}[language]
        assert to == EMAIL
        for part in ("Ada Example", order.number, goods, "2026"):
            assert part in text
        assert SentMail.objects.get().language == language

    def test_acknowledged_once_and_also_when_nobody_knows_the_order(self, room: Room, order: Any) -> None:
        row = declare_withdrawal(Declaration("Ada", "999999", "x@y.example"), uuid4())
        work()
        acknowledge_withdrawal(row.pk)
        assert [mail[0] for mail in room.data.mails()] == ["x@y.example"]
        row.refresh_from_db()
        assert row.acknowledged
        assert (row.settled, row.rma) == (None, None)
        assert "No order" in row.outcome

    @pytest.mark.parametrize("email", ["someone@else.example", "ada@example.com.evil.example"])
    def test_another_address_is_no_match(self, room: Room, order: Any, email: str) -> None:
        row = declare_withdrawal(Declaration("Ada", order.number, email), uuid4())
        match_withdrawal(row.pk)
        assert not Return.objects.exists()

    def test_matched_twice_it_is_one_return(self, room: Room, order: Any) -> None:
        row = declared(order)
        match_withdrawal(row.pk)
        match_withdrawal(row.pk)
        assert Return.objects.count() == 1

    def test_declared_twice_it_is_one_return(self, room: Room, order: Any) -> None:
        first, second = declared(order), declared(order)
        match_withdrawal(first.pk)
        match_withdrawal(second.pk)
        rma = Return.objects.get()
        second.refresh_from_db()
        assert (second.rma, second.outcome) == (None, f"Repeats the withdrawal of {rma.number}.")
        assert second.settled

    def test_named_goods_wait_for_a_person(self, room: Room, order: Any) -> None:
        row = declared(order, goods="the red one")
        match_withdrawal(row.pk)
        row.refresh_from_db()
        assert (row.order_id, row.settled) == (order.id, None)
        line = order.lines[0]
        settle_withdrawal(STAFF, row.pk, "Asked by phone.", order_id=order.id, lines={line.id: 1})
        row.refresh_from_db()
        assert units(row.rma) == [1]
        assert row.settled and row.outcome == "Asked by phone."

    def test_after_the_window_it_is_acknowledged_and_waits(self, room: Room, order: Any) -> None:
        room.sent_at(order, clock.now() - timedelta(days=60))
        row = declared(order)
        work()
        row.refresh_from_db()
        assert row.acknowledged and not row.settled and row.outcome
        assert not Return.objects.exists()

    def test_a_worker_that_comes_after_the_window_costs_nobody_their_right(
        self, room: Room, order: Any
    ) -> None:
        row = declared(order)
        with time_machine.travel(clock.now() + timedelta(days=60)):
            match_withdrawal(row.pk)
        rma = Return.objects.get()
        assert (rma.withdrawal, rma.state) == (True, "APPROVED")
        # The refund is due by the day of the words, not of the worker.
        due = clock.day_of(row.received, room.data.shop.time_zone()) + timedelta(days=14)
        assert rma.terms["refund_due"] == due.isoformat()

    def test_no_rule_of_the_merchant_stands_in_its_way(self, room: Room, order: Any) -> None:
        room.configure(return_window_days="0", auto_approve=False, restocking_fee_percent="20")
        match_withdrawal(declared(order).pk)
        assert Return.objects.get().state == "APPROVED"

    def test_where_the_law_gives_no_right_staff_see_why(self, room: Room) -> None:
        order = room.make_shipped(1, email=EMAIL, country="US")
        row = declared(order)
        match_withdrawal(row.pk)
        row.refresh_from_db()
        assert not Return.objects.exists()
        assert "No right of withdrawal" in row.outcome

    def test_what_was_not_sent_yet_stays_open_for_staff(self, room: Room) -> None:
        variant = room.data.make_variant(price=1000, stock={room.house: 3})
        order = room.data.make_order([(variant, 3)], email=EMAIL, country="DE")
        row = declared(order)
        match_withdrawal(row.pk)
        row.refresh_from_db()
        assert (row.rma, row.settled) == (None, None)
        assert "not sent yet" in row.outcome


class TestStaff:
    """Settling what waits."""

    def test_only_staff(self, room: Room, order: Any) -> None:
        with pytest.raises(PermissionDenied):
            settle_withdrawal(Asker(), declared(order).pk, "x")

    def test_once(self, room: Room, order: Any) -> None:
        row = declared(order)
        settle_withdrawal(STAFF, row.pk, "Was a mistake.")
        with pytest.raises(Conflict):
            settle_withdrawal(STAFF, row.pk, "Again.")
        match_withdrawal(row.pk)
        assert not Return.objects.exists()

    def test_says_what_is_wrong(self, room: Room, order: Any) -> None:
        row = declared(order)
        with pytest.raises(Required):
            settle_withdrawal(STAFF, row.pk, " ")
        with pytest.raises(NotFound):
            settle_withdrawal(STAFF, uuid4(), "x")
        with pytest.raises(NotFound):
            settle_withdrawal(STAFF, row.pk, "x", order_id="T3JkZXI6OTk5OTk5")
        row.refresh_from_db()
        assert row.settled is None


def test_who_withdraws_is_in_no_event_and_unreadable_in_the_table(room: Room, order: Any) -> None:
    from django.db import connection

    declared(order, goods="a secret scarf")
    assert set(events(RECEIVED)[0]) == {"statementId", "at"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM ops_returns_withdrawalstatement t")
        (stored,) = cursor.fetchone()
    assert order.number in stored
    assert not [part for part in ("Ada", EMAIL, "scarf") if part in stored]


def test_all_that_is_wrong_is_said_at_once(room: Room) -> None:
    with pytest.raises(Invalids) as found:
        declare_withdrawal(Declaration("", "", "x", goods="x" * 1001), uuid4())
    assert [error.field for error in found.value.errors] == ["name", "orderNumber", "email", "goods"]
