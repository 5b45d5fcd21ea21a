"""The supplier's page: their link alone, their words once, and clear pages when it is too late."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection

from saleor_plugins.http.languages import LANGUAGES
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict, Invalids
from saleor_plugins.restock.sending import words as paper_words
from saleor_plugins.restock.usecases import send_order as module
from saleor_plugins.restock.usecases.cancel_order import cancel_order
from saleor_plugins.restock.usecases.confirm_order import Answer, confirm_order
from saleor_plugins.restock.usecases.send_order import send_order
from saleor_plugins.restock.views import supplier as view
from saleor_plugins.restock.views.links import token
from saleor_plugins.restock.views.supplier import words as page_words

from .rooms import Room, events
from .suppliers import PAGE, again, amend, approved, by_mail, get, page_of, post


@pytest.fixture(autouse=True)
def fresh_minute() -> None:
    cache.clear()


def in_days(days: int) -> str:
    return (clock.day_of(clock.now(), "UTC") + timedelta(days=days)).isoformat()


class TestLink:
    """Who may open it"""

    def test_from_the_mail(self, committed_room: Room) -> None:
        """The link of the mail opens the order, with every number of it."""
        by_mail(committed_room)
        order = approved(committed_room, 12)
        send_order(order.pk)
        (link,) = re.findall(r"https?://\S+/orders/\S+", mail.outbox[0].body)
        answer = get("/" + link.split("/", 3)[3])
        text = answer.content.decode()
        assert answer.status_code == 200
        assert str(order.number) in text and "$48.00" in text.replace("US$", "$")
        assert "<script" not in text
        assert "script-src" not in answer["Content-Security-Policy"]
        assert answer["Content-Security-Policy"].startswith("default-src 'none'")
        assert answer["Referrer-Policy"] == "no-referrer" and answer["Cache-Control"] == "no-store"

    def test_forged(self, room: Room) -> None:
        """Every changed character is nobody's link; so are garbage and other paths."""
        order = approved(room)
        path = page_of(order)
        signed = path.removeprefix(PAGE).rstrip("/")
        for place in range(0, len(signed) - 1, 5):
            other = "A" if signed[place] != "A" else "B"
            assert get(f"{PAGE}{signed[:place]}{other}{signed[place + 1 :]}/").status_code == 404
            cache.clear()
        for rest in ("", "x/", ":/", f"{signed}/order.exe", f"{signed}/../x", "a" * 3000):
            assert get(PAGE + rest).status_code == 404

    def test_expired(self, room: Room) -> None:
        """Its days are over: 410, and nothing of the order."""
        answer = get(page_of(approved(room), days=-1))
        assert answer.status_code == 410
        assert "expired" in answer.content.decode() and "Acme" not in answer.content.decode()

    def test_other_order(self, room: Room) -> None:
        """A link opens its own order alone: another's token is another's signature."""
        one, other = approved(room, 5), approved(room, 7)
        assert str(one.number) in get(page_of(one)).content.decode()
        assert f"order {one.number}" not in get(page_of(other)).content.decode()

    def test_throttled(self, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
        """Asked too often, it rests for a minute."""
        monkeypatch.setattr(view, "MOST", 3)
        path = page_of(approved(room))
        assert [get(path).status_code for _ in range(4)] == [200, 200, 200, 429]

    def test_methods(self, room: Room) -> None:
        """GET, HEAD and POST."""
        from django.test import Client

        path = page_of(approved(room))
        assert Client().put(path).status_code == 405
        assert Client().head(path).status_code == 200

    def test_files(self, room: Room) -> None:
        """PDF and CSV behind the same link."""
        path = page_of(approved(room))
        pdf, table = get(path + "order.pdf"), get(path + "order.csv")
        assert pdf["Content-Type"] == "application/pdf" and pdf.content.startswith(b"%PDF-")
        assert table["Content-Type"].startswith("text/csv") and b"4.00" in table.content


class TestConfirm:
    """`confirm_order`"""

    def test_confirmed(self, room: Room) -> None:
        """Day, reference and note are stored, the page says so, staff and stock hear of it once."""
        order = approved(room)
        path = page_of(order)
        typed = {"expectedOn": in_days(9), "reference": " A  77 ", "note": "Two parcels."}
        answer = post(path, **typed)
        assert (answer.status_code, answer["Location"]) == (303, path)
        assert post(path, **typed).status_code == 303
        order = again(order)
        assert order.expected_on is not None and order.expected_on.isoformat() == in_days(9)
        assert (order.supplier_reference, order.supplier_note) == ("A 77", "Two parcels.")
        assert (order.confirmed_revision, bool(order.confirmed_at)) == (1, True)
        (told,) = events("purchase_order.confirmed")
        assert (told["expectedOn"], told["supplierReference"], told["cannotDeliver"]) == (
            in_days(9),
            "A 77",
            [],
        )
        assert "Two parcels" not in str(told)
        text = get(path).content.decode()
        assert "Confirmed" in text and "A 77" in text and "Two parcels." in text

    def test_changed_answer(self, room: Room) -> None:
        """A later answer replaces the first, and is told."""
        order = approved(room)
        for days in (5, 9):
            confirm_order(order.pk, 1, Answer(in_days(days)))
        assert [told["expectedOn"] for told in events("purchase_order.confirmed")] == [in_days(5), in_days(9)]

    @pytest.mark.parametrize(
        ("typed", "field", "code"),
        [
            ({}, "expectedOn", "REQUIRED"),
            ({"expectedOn": "soon"}, "expectedOn", "INVALID"),
            ({"expectedOn": "2027-02-30"}, "expectedOn", "INVALID"),
            ({"expectedOn": in_days(-2)}, "expectedOn", "PAST"),
            ({"expectedOn": in_days(800)}, "expectedOn", "FAR"),
            ({"expectedOn": in_days(2), "reference": "x" * 101}, "reference", "INVALID"),
            ({"expectedOn": in_days(2), "note": "x" * 501}, "note", "INVALID"),
            ({"expectedOn": in_days(2), "cannot": "7"}, "lines", "INVALID"),
        ],
    )
    def test_wrong(self, room: Room, typed: dict[str, str], field: str, code: str) -> None:
        """Nothing is stored; the page says what is wrong and keeps what was typed, in every language."""
        order = approved(room)
        cannot = frozenset([typed["cannot"]]) if "cannot" in typed else frozenset()
        with pytest.raises(Invalids) as refused:
            confirm_order(
                order.pk,
                1,
                Answer(
                    typed.get("expectedOn", ""), typed.get("reference", ""), typed.get("note", ""), cannot
                ),
            )
        assert [(error.field, error.code) for error in refused.value.errors] == [(field, code)]
        for language in LANGUAGES:
            answer = post(f"{page_of(order)}?language={language}", **typed)
            assert answer.status_code == 422
            text = answer.content.decode()
            assert page_words.words(language)[f"{field}_{code}"] in text
            assert f'href="#{field}"' in text
        assert (again(order).confirmed_at, events("purchase_order.confirmed")) == (None, [])

    def test_several_wrong(self, room: Room) -> None:
        """All of it at once."""
        text = post(page_of(approved(room)), reference="x" * 101, note="y" * 501).content.decode()
        assert text.count('class="fault"') == 3

    def test_cannot(self, room: Room) -> None:
        """Lines they cannot deliver are a note for staff; the rest is confirmed."""
        order = approved(room, 5, 6)
        line = order.lines.order_by("id")[0]
        post(page_of(order), expectedOn=in_days(3), cannot=str(line.pk), note="Sorry.")
        order = again(order)
        assert order.supplier_note == f"Cannot deliver: {line.sku}\nSorry."
        assert order.confirmed_revision == 1
        assert len(events("purchase_order.confirmed")[0]["cannotDeliver"]) == 1
        assert order.lines.filter(open=True).count() == 2

    def test_declined(self, room: Room) -> None:
        """Nothing of it: no day is needed, nothing is confirmed, staff hear of it."""
        order = approved(room, 5, 6)
        ids = [str(line.pk) for line in order.lines.all()]
        assert post(page_of(order), cannot=ids).status_code == 303
        order = again(order)
        assert (order.confirmed_at, order.confirmed_revision, order.state) == (None, None, "APPROVED")
        assert events("purchase_order.confirmed") == [] and len(events("purchase_order.declined")) == 1
        assert "You cannot deliver it" in get(page_of(order)).content.decode()

    def test_escaped(self, room: Room) -> None:
        """What is typed comes back as text."""
        order = approved(room)
        text = post(page_of(order), note="<script>alert(1)</script>" + "x" * 500).content.decode()
        assert "<script" not in text and "&lt;script&gt;" in text

    def test_killed_sender(self, committed_room: Room) -> None:
        """Who answers has the order: what a killed worker did not write down is written, nothing goes again."""
        by_mail(committed_room)
        order = approved(committed_room)
        with mock.patch.object(module, "settle_order", side_effect=SystemExit), pytest.raises(SystemExit):
            send_order(order.pk)
        confirm_order(order.pk, 1, Answer(in_days(3)))
        assert again(order).state == "SENT"
        later = clock.now() + timedelta(minutes=9)
        with mock.patch.object(clock, "now", lambda: later):
            assert not send_order(order.pk)
        assert len(mail.outbox) == 1

    def test_racing(self, committed_room: Room) -> None:
        """Pressed eight times at once: one answer, one event."""
        order = approved(committed_room)
        together, done = threading.Barrier(8), []

        def run() -> None:
            together.wait()
            done.append(confirm_order(order.pk, 1, Answer(in_days(3), "A-1")))
            connection.close()

        threads = [threading.Thread(target=run) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(done) == [False] * 7 + [True]
        assert len(events("purchase_order.confirmed")) == 1


class TestTooLate:
    """Old, cancelled and complete orders"""

    def test_old_revision(self, committed_room: Room) -> None:
        """An old link shows what is different and leads to the new revision; it confirms nothing."""
        by_mail(committed_room)
        order = approved(committed_room)
        send_order(order.pk)
        old = page_of(order)
        order = amend(again(order), ordered=24)
        text = get(old).content.decode()
        assert "This order has changed" in text and "24 at" in text and "instead of 10" in text
        (new,) = re.findall(r'href="(/plugins/[^"]+)"', text)
        assert "Confirm this order" in get(new).content.decode()
        assert post(old, expectedOn=in_days(3)).status_code == 200
        with pytest.raises(Conflict):
            confirm_order(order.pk, 1, Answer(in_days(3)))
        assert again(order).confirmed_at is None

    def test_canceled(self, room: Room) -> None:
        """A cancelled order says so, and takes no answer."""
        order = approved(room)
        cancel_order(order.pk)
        for answer in (get(page_of(order)), post(page_of(order), expectedOn=in_days(3))):
            assert "This order was cancelled" in answer.content.decode()
        with pytest.raises(Conflict, match="CANCELED"):
            confirm_order(order.pk, 1, Answer(in_days(3)))

    @pytest.mark.parametrize(
        ("state", "said"), [("RECEIVED", "Everything has arrived"), ("DRAFT", "not placed")]
    )
    def test_states(self, room: Room, state: str, said: str) -> None:
        """Neither do these."""
        order = approved(room)
        type(order).objects.filter(pk=order.pk).update(state=state)
        assert said in get(page_of(order)).content.decode()


class TestWords:
    """Every language says everything"""

    @pytest.mark.parametrize("module", [page_words, paper_words])
    def test_complete(self, module: Any) -> None:
        """The same keys, the same places for values, nothing empty."""
        known = module.words("en")
        for language in LANGUAGES:
            said = module.words(language)
            assert said.keys() == known.keys()
            for key, text in said.items():
                assert text and re.findall(r"{(\w+)}", text) == re.findall(r"{(\w+)}", known[key]), key

    def test_chosen(self, room: Room) -> None:
        """The page's own choice, else the supplier's language, else the browser's."""
        order = approved(room)
        path = page_of(order)
        assert get(path, HTTP_ACCEPT_LANGUAGE="pl")["Content-Language"] == "pl"
        room.supplier.language = "de"
        room.supplier.save()
        assert get(path, HTTP_ACCEPT_LANGUAGE="pl")["Content-Language"] == "de"
        assert get(f"{path}?language=en", HTTP_ACCEPT_LANGUAGE="pl")["Content-Language"] == "en"


def test_token_is_stable(room: Room) -> None:
    """The same link for the same order, revision and end: what is sent again is the same mail."""
    order = approved(room)
    assert token(order.pk, 1, 1_800_000_000) == token(order.pk, 1, 1_800_000_000)
