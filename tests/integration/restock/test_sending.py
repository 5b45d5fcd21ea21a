"""Orders reach suppliers: one document for each revision, however often anybody tries, dies or races."""

from __future__ import annotations

import csv
import io
import json
import smtplib
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from unittest import mock

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from standardwebhooks import Webhook

from saleor_plugins.delivery import Park, Retry
from saleor_plugins.delivery.models import Delivery
from saleor_plugins.delivery.posting import new_secret
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict, NotFound
from saleor_plugins.kernel.ids import new_id
from saleor_plugins.platform import shop
from saleor_plugins.restock.models import PurchaseOrder, SentOrder
from saleor_plugins.restock.sending.webhook import Refused
from saleor_plugins.restock.usecases import send_order as module
from saleor_plugins.restock.usecases.cancel_order import cancel_order
from saleor_plugins.restock.usecases.send_order import ask_to_send, send_cancellation, send_order

from .rooms import Room, events
from .suppliers import again, amend, approved, by_mail, sent, work


class TestMail:
    """Orders by mail"""

    def test_sent(self, committed_room: Room) -> None:
        """Approved, mailed with PDF and CSV, SENT, told once."""
        by_mail(committed_room)
        order = approved(committed_room, 12, 5)
        work()
        (message,) = mail.outbox
        assert message.to == ["orders@acme.example"]
        assert str(order.number) in message.subject
        pdf, table = message.attachments
        assert pdf[0] == f"Purchase-order-{order.number}-1.pdf" and pdf[1].startswith(b"%PDF-")
        rows = list(csv.reader(io.StringIO(table[1].lstrip("\ufeff"))))
        assert [row[6] for row in rows[1:]] == ["12", "5"] or [row[6] for row in rows[1:]] == ["5", "12"]
        assert "/plugins/saleor_plugins.restock/orders/" in message.body
        order = again(order)
        assert (order.state, bool(order.sent_at)) == ("SENT", True)
        (told,) = events("purchase_order.sent")
        assert (told["number"], told["revision"], told["channel"], told["state"]) == (
            order.number,
            1,
            "MAIL",
            "SENT",
        )
        assert "acme.example" not in json.dumps(told)

    @pytest.mark.parametrize(
        ("language", "subject"), [("de", "Bestellung"), ("pl", "Zamówienie"), ("xx", "Purchase order")]
    )
    def test_language(self, committed_room: Room, language: str, subject: str) -> None:
        """In the supplier's language; in English for one we do not have."""
        by_mail(committed_room, language)
        send_order(approved(committed_room).pk)
        assert mail.outbox[0].subject.startswith(subject)

    def test_reply(self, committed_room: Room) -> None:
        """Answers go where the merchant said."""
        committed_room.configure(order_reply_to="buying@shop.example", order_sender="Nord GmbH; Kai 1")
        by_mail(committed_room)
        send_order(approved(committed_room).pk)
        assert mail.outbox[0].message()["Reply-To"] == "buying@shop.example"
        assert mail.outbox[0].subject.endswith("· Nord GmbH")
        assert "Kai 1" in mail.outbox[0].body

    def test_twice(self, committed_room: Room) -> None:
        """Called again, nothing goes."""
        by_mail(committed_room)
        order = approved(committed_room)
        assert send_order(order.pk)
        assert not send_order(order.pk)
        work()
        assert len(mail.outbox) == len(sent(order)) == len(events("purchase_order.sent")) == 1

    def test_killed_after(self, committed_room: Room) -> None:
        """Killed between sending and writing it down: the same mail under the same Message-ID, later."""
        by_mail(committed_room)
        order = approved(committed_room)
        with mock.patch.object(module, "settle_order", side_effect=SystemExit), pytest.raises(SystemExit):
            send_order(order.pk)
        order.lines.update(name="Renamed meanwhile")
        with pytest.raises(Retry) as waiting:
            send_order(order.pk)
        assert timedelta(minutes=4) < waiting.value.after <= timedelta(minutes=5)
        later = clock.now() + timedelta(minutes=6)
        with mock.patch.object(clock, "now", lambda: later):
            assert send_order(order.pk)
        first, second = (message.message() for message in mail.outbox)
        assert first["Message-ID"] == second["Message-ID"]
        assert mail.outbox[0].body == mail.outbox[1].body
        assert mail.outbox[0].attachments == mail.outbox[1].attachments
        assert (again(order).state, len(sent(order))) == ("SENT", 1)

    def test_refused(self, committed_room: Room) -> None:
        """The server says no: staff see why without any address; the next try goes."""
        by_mail(committed_room)
        order = approved(committed_room)
        down = smtplib.SMTPRecipientsRefused({"orders@acme.example": (550, b"no such orders@acme.example")})
        with (
            mock.patch.object(type(shop()), "send_mail", side_effect=down),
            pytest.raises(smtplib.SMTPException),
        ):
            send_order(order.pk)
        (row,) = sent(order)
        assert (row.sent, row.error) == (None, "The mail server said no: SMTPRecipientsRefused")
        assert again(order).state == "APPROVED"
        assert send_order(order.pk)
        (row,) = sent(order)
        assert (bool(row.sent), row.error, again(order).state) == (True, "", "SENT")

    def test_no_address(self, committed_room: Room) -> None:
        """Without an address trying again is pointless: parked, staff see it, and ask again once it is there."""
        by_mail(committed_room, email="")
        order = approved(committed_room)
        work()
        assert Delivery.objects.get(subscriber="restock.send_approved").state == "DEAD"
        assert sent(order)[0].error == "The supplier has no mail address."
        by_mail(committed_room)
        assert ask_to_send(order.pk)
        work()
        assert (again(order).state, len(mail.outbox)) == ("SENT", 1)

    def test_no_server(self, committed_room: Room, settings: Any) -> None:
        """A shop without mail settings: said, not lost."""
        by_mail(committed_room)
        order = approved(committed_room)
        settings.EMAIL_BACKEND = ""
        with pytest.raises(Conflict):
            send_order(order.pk)
        assert sent(order)[0].error == "The shop has no mail server."

    def test_inside_a_transaction(self, room: Room) -> None:
        """Refused inside a transaction: nothing goes that could be rolled back."""
        by_mail(room)
        order = approved(room)
        with pytest.raises(RuntimeError), transaction.atomic():
            send_order(order.pk)
        assert mail.outbox == []

    def test_switched_off(self, committed_room: Room) -> None:
        """While the plugin is off nothing goes."""
        by_mail(committed_room)
        order = approved(committed_room)
        committed_room.data.configure_plugin("saleor_plugins.restock", active=False)
        work()
        assert (mail.outbox, again(order).state) == ([], "APPROVED")

    def test_stranger(self, committed_room: Room) -> None:
        """No such order."""
        with pytest.raises(NotFound):
            send_order(new_id())


class TestRevisions:
    """Changed and cancelled orders"""

    def test_amended(self, committed_room: Room) -> None:
        """The new revision goes, says what it replaces and what is different; the old one goes no more."""
        by_mail(committed_room)
        order = approved(committed_room, 10, 5)
        send_order(order.pk)
        order = amend(again(order), ordered=24, price=350)
        assert send_order(order.pk)
        assert not send_order(order.pk)
        assert [row.revision for row in sent(order)] == [1, 2]
        body = mail.outbox[1].body
        assert "revision 2" in mail.outbox[1].subject
        assert "Replaces revision 1" in body and "24 at $3.50 instead of 10 at $4.00" in body.replace(
            "US$", "$"
        )
        assert again(order).state == "SENT"

    def test_amended_while_sending(self, committed_room: Room) -> None:
        """A revision that is older by now does not make the order SENT; the new one follows."""
        by_mail(committed_room)
        order = approved(committed_room)
        real = type(shop()).send_mail

        def slow(self: Any, *args: Any, **options: Any) -> None:
            real(self, *args, **options)
            if again(order).revision == 1:
                amend(again(order), ordered=30)

        with mock.patch.object(type(shop()), "send_mail", slow):
            send_order(order.pk)
            assert (again(order).state, again(order).revision) == ("APPROVED", 2)
            assert send_order(order.pk)
        assert again(order).state == "SENT"
        assert len(mail.outbox) == 2

    def test_amended_after_a_part(self, committed_room: Room) -> None:
        """A change after a part has come goes out too; an order that came before it was sent does not."""
        by_mail(committed_room)
        order = approved(committed_room)
        rows = PurchaseOrder.objects.filter(pk=order.pk)
        rows.update(state="PARTLY_RECEIVED")
        assert not send_order(order.pk)
        rows.update(state="APPROVED")
        send_order(order.pk)
        amend(again(order), ordered=30)
        rows.update(state="PARTLY_RECEIVED")
        assert send_order(order.pk)
        assert not send_order(order.pk)
        assert ["revision" in message.subject for message in mail.outbox] == [False, True]
        assert again(order).state == "PARTLY_RECEIVED"

    def test_canceled_before(self, committed_room: Room) -> None:
        """Cancelled before it went: nobody hears of it."""
        by_mail(committed_room)
        order = approved(committed_room)
        cancel_order(order.pk)
        work()
        assert mail.outbox == []

    def test_canceled_after(self, committed_room: Room) -> None:
        """Cancelled after it went: the supplier is told, once, what they still owe."""
        by_mail(committed_room)
        order = approved(committed_room)
        send_order(order.pk)
        cancel_order(order.pk)
        work()
        work()
        assert not send_cancellation(order.pk)
        assert [message.subject.split(":")[0] for message in mail.outbox[1:]] == ["Cancelled"]
        assert "/orders/" not in mail.outbox[1].body
        assert len(events("purchase_order.sent")) == 1

    def test_canceled_while_sending(self, committed_room: Room) -> None:
        """Cancelled in the moment it goes: the word of it waits until that is over, then goes too."""
        by_mail(committed_room)
        order = approved(committed_room)
        real = type(shop()).send_mail

        def slow(self: Any, *args: Any, **options: Any) -> None:
            real(self, *args, **options)
            if len(mail.outbox) == 1:
                cancel_order(order.pk)
                with pytest.raises(Retry):
                    send_cancellation(order.pk)

        with mock.patch.object(type(shop()), "send_mail", slow):
            send_order(order.pk)
            assert again(order).state == "CANCELED"
            assert send_cancellation(order.pk)
        assert len(mail.outbox) == 2

    def test_canceled_after_a_kill(self, committed_room: Room) -> None:
        """Nobody knows whether it went, and it is cancelled: it never goes again, the word of it does."""
        by_mail(committed_room)
        order = approved(committed_room)
        with mock.patch.object(module, "send_mail", side_effect=SystemExit), pytest.raises(SystemExit):
            send_order(order.pk)
        SentOrder.objects.update(error="")  # a killed process writes nothing
        cancel_order(order.pk)
        later = clock.now() + timedelta(minutes=6)
        with mock.patch.object(clock, "now", lambda: later):
            assert not send_order(order.pk)
            assert send_cancellation(order.pk)
        assert [message.subject.split(":")[0] for message in mail.outbox] == ["Cancelled"]

    def test_one_row(self, room: Room) -> None:
        """The database keeps one row for a revision, whichever way it went."""
        order = approved(room)
        for channel in ("MAIL", "WEBHOOK"):
            values = {"order": order, "revision": 1, "channel": channel, "created": clock.now()}
            if channel == "MAIL":
                SentOrder.objects.create(**values)
            else:
                with pytest.raises(IntegrityError), transaction.atomic():
                    SentOrder.objects.create(**values)


class TestByHand:
    """Suppliers without a channel"""

    def test_nothing_goes(self, committed_room: Room) -> None:
        """Approved, and nothing happens until staff say that they told the supplier."""
        order = approved(committed_room)
        work()
        assert (mail.outbox, sent(order), again(order).state) == ([], [], "APPROVED")
        assert not ask_to_send(order.pk)
        assert again(order).state == "SENT"
        assert events("purchase_order.sent")[0]["channel"] == "NONE"

    def test_states(self, committed_room: Room) -> None:
        """Only what is approved; twice is refused."""
        order = approved(committed_room)
        ask_to_send(order.pk)
        with pytest.raises(Conflict, match="SENT"):
            ask_to_send(order.pk)
        with pytest.raises(Conflict, match="DRAFT"):
            ask_to_send(committed_room.make_draft(3).pk)

    def test_channel_removed(self, committed_room: Room) -> None:
        """After a refusal staff may tell the supplier themselves: it is the same revision, sent once."""
        by_mail(committed_room, email="")
        order = approved(committed_room)
        with pytest.raises(Park):
            send_order(order.pk)
        committed_room.supplier.channel = "NONE"
        committed_room.supplier.save()
        assert not ask_to_send(order.pk)
        assert [(row.channel, row.error) for row in sent(order)] == [("NONE", "")]


class Server:
    """A supplier's server that remembers what it was told."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.status: list[tuple[int, dict[str, str]]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                server.requests.append(({name.lower(): value for name, value in self.headers.items()}, body))
                status, headers = server.status.pop(0) if server.status else (204, {})
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self.http = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.server_port}/orders"


@pytest.fixture
def server(settings: Any) -> Any:
    settings.SALEOR_PLUGINS_WEBHOOK_ALLOW_LOOPBACK = True
    found = Server()
    yield found
    found.http.shutdown()
    found.http.server_close()


def by_webhook(room: Room, url: str) -> str:
    secret = new_secret()
    room.supplier.channel, room.supplier.webhook_url, room.supplier.webhook_secret = "WEBHOOK", url, secret
    room.supplier.save()
    return secret


class TestWebhook:
    """Orders as signed webhooks"""

    def test_signed(self, committed_room: Room, server: Server) -> None:
        """Signed as Standard Webhooks says; amounts in minor units; where to confirm."""
        secret = by_webhook(committed_room, server.url)
        order = approved(committed_room, 10)
        work()
        ((headers, body),) = server.requests
        found = Webhook(secret).verify(body, headers)
        assert found["type"] == "purchase_order.placed"
        data = found["data"]
        assert (data["number"], data["revision"], data["total"], data["currency"]) == (
            order.number,
            1,
            4000,
            "USD",
        )
        assert [(line["quantity"], line["unitPrice"]) for line in data["lines"]] == [(10, 400)]
        assert data["confirmUrl"].startswith("http")
        assert again(order).state == "SENT"

    def test_again(self, committed_room: Room, server: Server) -> None:
        """No answer that counts: the same id and bytes until there is one."""
        by_webhook(committed_room, server.url)
        order = approved(committed_room)
        server.status = [(500, {}), (503, {"Retry-After": "90"}), (302, {"Location": "/"})]
        with pytest.raises(Refused):
            send_order(order.pk)
        with pytest.raises(Retry) as wait:
            send_order(order.pk)
        assert wait.value.after == timedelta(seconds=90)
        with pytest.raises(Refused, match="302"):
            send_order(order.pk)
        assert sent(order)[0].error == "HTTP 302"
        assert send_order(order.pk)
        assert {headers["webhook-id"] for headers, _ in server.requests} == {str(sent(order)[0].pk)}
        bodies = [json.loads(body) for _, body in server.requests]
        for body in bodies:
            body["data"].pop("confirmUrl")  # its days begin anew after a refusal
        assert all(body == bodies[0] for body in bodies)

    def test_gone(self, committed_room: Room, server: Server) -> None:
        """410: never again by itself."""
        by_webhook(committed_room, server.url)
        order = approved(committed_room)
        server.status = [(410, {})]
        with pytest.raises(Park):
            send_order(order.pk)
        assert sent(order)[0].error == "HTTP 410"

    @pytest.mark.parametrize(
        "url", ["https://10.0.0.1/", "https://169.254.169.254/latest/", "https://[::1]/"]
    )
    def test_own_network(self, committed_room: Room, url: str, settings: Any) -> None:
        """What leads into our own network is not asked, even when it was stored before anybody looked."""
        settings.SALEOR_PLUGINS_WEBHOOK_ALLOW_LOOPBACK = False
        by_webhook(committed_room, url)
        order = approved(committed_room)
        with pytest.raises(Park, match="public"):
            send_order(order.pk)
        assert sent(order)[0].error == "The address is not a public one."

    def test_changed_channel(self, committed_room: Room, server: Server) -> None:
        """After a kill it goes on as it was begun, so that a changed channel makes no second order."""
        by_webhook(committed_room, server.url)
        order = approved(committed_room)
        with mock.patch.object(module, "settle_order", side_effect=SystemExit), pytest.raises(SystemExit):
            send_order(order.pk)
        supplier = committed_room.supplier
        supplier.channel, supplier.email = "MAIL", "orders@acme.example"
        supplier.save()
        later = clock.now() + timedelta(minutes=6)
        with mock.patch.object(clock, "now", lambda: later):
            assert send_order(order.pk)
        assert mail.outbox == []
        assert len({headers["webhook-id"] for headers, _ in server.requests}) == 1
        assert server.requests[0][1] == server.requests[1][1]

    def test_secret(self, committed_room: Room, server: Server) -> None:
        """The secret is encrypted in the database."""
        secret = by_webhook(committed_room, server.url)
        with connection.cursor() as cursor:
            cursor.execute("SELECT webhook_secret FROM ops_restock_supplier")
            assert secret not in cursor.fetchone()[0]


def test_racing(committed_room: Room) -> None:
    """Eight workers at once: one mail, one row, one event."""
    by_mail(committed_room)
    order = approved(committed_room)
    together = threading.Barrier(8)
    done: list[str] = []

    def run() -> None:
        together.wait()
        try:
            done.append(str(send_order(order.pk)))
        except Retry:
            done.append("waits")
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done.count("True") == 1 and len(done) == 8
    assert len(mail.outbox) == len(sent(order)) == len(events("purchase_order.sent")) == 1
    assert PurchaseOrder.objects.get(pk=order.pk).state == "SENT"
