"""One mail per cause: sent again only when it may not have gone."""

from __future__ import annotations

import smtplib
import threading
from datetime import timedelta
from unittest import mock

import pytest
from django.db import connection, transaction

from saleor_plugins.delivery import Park, Retry
from saleor_plugins.kernel import clock
from saleor_plugins.mails import send as sending
from saleor_plugins.mails.send import LEASE
from saleor_plugins.platform import shop
from saleor_plugins.returns.models import SentMail
from saleor_plugins.returns.usecases.send_mail import send_mail_of

CODE = {"order": "1042", "code": "7KDM2QXR", "minutes": 15}


def send(cause="one", to="ada@example.com", language="de", **options):
    options = {"order_id": "", "context": CODE} | options
    return send_mail_of("access_code", to=to, language=language, cause=cause, **options)


def test_it_is_sent_and_written_down(room):
    order = room.make_shipped(1)
    assert send(order_id=order.id) is True
    ((to, subject, text, html, sender),) = room.data.mails()
    assert (to, subject) == ("ada@example.com", "Ihr Code für Bestellung 1042")
    assert "    7KDM2QXR" in text and "15 Minuten" in text and "7KDM2QXR" in html and "@" in sender
    (row,) = SentMail.objects.all()
    assert (row.kind, row.language, row.order_id, row.rma) == ("access_code", "de", order.id, None)
    assert row.sent is not None and len(row.digest) == 64
    assert "ada" not in row.digest


def test_twice_is_once_and_another_cause_is_another_mail(room):
    assert [send(), send(), send("two")] == [True, False, True]
    assert len(room.data.mails()) == 2 == SentMail.objects.count()


def test_an_unknown_language_is_the_merchants(room):
    room.configure(portal_language="pl")
    send("a", language="fr")
    send("b", language="")
    assert [mail[1] for mail in room.data.mails()] == ["Twój kod do zamówienia 1042"] * 2
    assert set(SentMail.objects.values_list("language", flat=True)) == {"pl"}


def test_a_server_that_is_down_loses_nothing(room):
    down = smtplib.SMTPServerDisconnected("a secret of the server")
    with mock.patch.object(type(shop()), "send_mail", side_effect=down), pytest.raises(smtplib.SMTPException):
        send()
    assert not SentMail.objects.exists()
    assert send() is True
    assert len(room.data.mails()) == 1


def die(*arguments, **values):
    raise SystemExit


def test_who_died_in_between_is_repeated_later(room):
    with mock.patch.object(sending, "_write", die), pytest.raises(SystemExit):
        send()
    assert len(room.data.mails()) == 1 and SentMail.objects.get().sent is None
    with pytest.raises(Retry) as caught:
        send()
    assert timedelta() < caught.value.after <= LEASE
    later = clock.now() + LEASE
    with mock.patch.object(clock, "now", lambda: later):
        assert send() is True
        assert send() is False
    from django.core import mail

    first, second = (sent.message()["Message-ID"] for sent in mail.outbox)
    assert first == second


def test_a_slow_loser_does_not_free_the_winners_mail(room):
    """The first worker's server answers with an error after its lease, while a second one has taken over."""
    real = type(shop()).send_mail
    later = clock.now() + LEASE + timedelta(seconds=1)

    def slow(self, *words, **options):
        with (
            mock.patch.object(type(shop()), "send_mail", real),
            mock.patch.object(clock, "now", lambda: later),
        ):
            assert send() is True
        raise TimeoutError

    with mock.patch.object(type(shop()), "send_mail", slow), pytest.raises(TimeoutError):
        send()
    assert SentMail.objects.get().sent is not None
    assert send() is False


@pytest.mark.parametrize(
    "to",
    [
        "",
        "nobody",
        "a@example.com, b@example.com",
        "a@example.com\nBcc: b@example.com",
        "a@example.com\r\n",
        "Ada <a@example.com>",
        "a@example.com;b@example.com",
        f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.com",
        "a\x00@example.com",
    ],
)
def test_what_is_no_address_is_parked(room, to):
    with pytest.raises(Park) as caught:
        send(to=to)
    assert not to or to not in str(caught.value)
    assert room.data.mails() == [] and not SentMail.objects.exists()


def test_amounts_are_written_as_in_the_orders_country(room):
    row = ("ITEM", "Shirt", 1, 123450, "EUR")
    lines = {"rows": [row], "total": (123450, "EUR")}
    for country, expected in (("AT", "€\u00a01.234,50"), ("DE", "1.234,50\u00a0€")):
        order = room.make_shipped(1, country=country)
        send_mail_of(
            "refunded", to="a@example.com", language="de", cause=country, order_id=order.id, context=lines
        )
        assert f"- Summe | {expected}" in room.data.mails()[-1][2]


def test_a_deleted_order_is_no_reason_not_to_write(room):
    assert send(order_id="T3JkZXI6OTk5OTk5OTk=") is True


def test_names_with_line_breaks_inject_nothing(room):
    room.configure(portal_name="Shop")
    send(context={**CODE, "order": "1\r\nBcc: all@example.com"})
    ((_, subject, *_),) = room.data.mails()
    assert subject.startswith("Ihr Code für Bestellung 1 Bcc: all@")
    from django.core import mail

    headers = mail.outbox[0].message()
    assert headers["Bcc"] is None and headers["To"] == "ada@example.com"


def test_not_inside_a_transaction(committed_room):
    with pytest.raises(RuntimeError), transaction.atomic():
        send()
    assert committed_room.data.mails() == [] and not SentMail.objects.exists()


def test_ten_workers_send_one_mail(committed_room):
    gate, answers = threading.Barrier(10), []

    def run():
        gate.wait()
        try:
            answers.append(send())
        except Retry:
            answers.append(None)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count(True) == 1 and len(answers) == 10
    assert len(committed_room.data.mails()) == 1 == SentMail.objects.count()
