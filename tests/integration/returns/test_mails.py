"""What shoppers are told, when, and in which language; and what they are not."""

from __future__ import annotations

import re
import smtplib
from datetime import timedelta
from unittest import mock
from urllib.parse import urlsplit

import pytest

from saleor_plugins.delivery.models import Delivery, State
from saleor_plugins.delivery.relay import drain
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import Asker, AskerKind
from saleor_plugins.returns.domain.plan import PartKind
from saleor_plugins.returns.models import Return, SentMail
from saleor_plugins.returns.tasks.mails import find_reminders
from saleor_plugins.returns.usecases.approve_return import approve_return
from saleor_plugins.returns.usecases.cancel_return import cancel_return
from saleor_plugins.returns.usecases.decline_return import decline_return
from saleor_plugins.returns.usecases.exchange_return import exchange_return
from saleor_plugins.returns.usecases.expire_return import expire_return
from saleor_plugins.returns.usecases.keep_units import keep_units
from saleor_plugins.returns.usecases.message_return import message_return
from saleor_plugins.returns.usecases.refund_return import refund_return
from tests.integration.returns.rooms import STAFF
from tests.integration.returns.test_api import Caller


def told(room):
    """Deliver everything; the kinds of mail that are new, oldest first."""
    before = set(SentMail.objects.values_list("pk", flat=True))
    drain()
    return list(SentMail.objects.exclude(pk__in=before).order_by("pk").values_list("kind", flat=True))


def last(room):
    """Address, subject and text of the newest mail."""
    return room.data.mails()[-1][:3]


def later(**units):
    now = clock.now() + timedelta(**units)
    return mock.patch.object(clock, "now", lambda: now)


def test_a_return_is_told_step_by_step(room):
    order = room.make_shipped(3, 2, email="ada@example.com")
    rma = room.request(order, 2, 1)
    assert told(room) == ["return_requested"]
    to, subject, text = last(room)
    assert (to, subject) == ("ada@example.com", f"We have received your return request {rma.number}")
    assert f"return 3 items from order {order.number}:" in text
    assert f"- 2 × {next(line.name for line in order.lines if line.quantity == 3)}\n" in text
    approve_return(STAFF, rma.pk, [(room.keys(rma)[0], 2)])
    assert told(room) == ["approved"]
    _, _, text = last(room)
    assert "You may return 2 items" in text and "We cannot take back:\n- 1 ×" in text
    assert "Send the parcel to:\n\n" in text and "/documents/open/" in text and "/portal/open/" in text
    room.receive(rma, 2)
    assert told(room) == ["received"]
    assert "We have received 2 items" in last(room)[2]
    room.inspect(rma, 2)
    assert told(room) == []
    refund_return(STAFF, rma.pk)
    assert told(room) == ["refunded"]
    _, subject, text = last(room)
    assert subject == "Your refund: $20.00"
    assert "| $20.00\n- Total | $20.00\n" in text and "- To your method of payment | $20.00" in text
    assert {mail.rma_id for mail in SentMail.objects.all()} == {rma.pk}


def test_what_approves_itself_is_told_once(room):
    room.configure(auto_approve=True)
    order = room.make_shipped(1)
    room.sent_at(order, clock.now())
    rma = room.request(order, 1)
    assert Return.objects.get(pk=rma.pk).state == "APPROVED"
    assert told(room) == ["approved"]


def test_declined_with_its_reason_and_canceled(room):
    order = room.make_shipped(2)
    first, second = room.request(order, 1), room.request(order, 1)
    decline_return(STAFF, first.pk, "Worn, and\nwashed.")
    cancel_return(STAFF, second.pk)
    assert sorted(told(room)) == ["canceled", "declined"]
    text = next(mail[2] for mail in room.data.mails() if "cannot accept" in mail[2])
    assert "Our reason:\n\n> Worn, and\n> washed.\n" in text


def test_kept_units_are_not_to_be_sent(room):
    rma = room.approved(room.make_shipped(2), 2)
    keep_units(STAFF, rma.pk, [(room.keys(rma)[0], 2)])
    assert told(room) == ["kept"]
    assert "You can keep 2 items" in last(room)[2]


def test_fees_are_rows_of_the_refund(room):
    room.configure(restocking_fee_percent="10", label_fee="4.90")
    order = room.make_shipped(2, price=5000, currency="EUR", language="pl")
    room.refunded(order, 2)
    assert "refunded" in told(room)
    _, subject, text = last(room)
    assert subject == "Zwrot pieniędzy: 85,10 €"
    name = order.lines[0].name
    rows = text.partition("za zamówienie")[2].partition("Sposób")[0].split("\n")[1:5]
    assert rows == [
        f"- 2 × {name} | 100,00\u00a0€",
        f"- Opłata manipulacyjna, {name} | -10,00\u00a0€",
        "- Etykieta zwrotna | -4,90\u00a0€",
        "- Razem | 85,10\u00a0€",
    ]


def test_store_credit_is_a_mail_of_its_own(room):
    rma = room.accepted(room.make_shipped(1, price=1990), 1)
    refund_return(STAFF, rma.pk, to=PartKind.STORE_CREDIT)
    assert "store_credit" in told(room)
    text = next(mail[2] for mail in room.data.mails() if "gift card worth" in mail[2])
    assert "worth $19.90" in text and "separate mail" in text
    assert not SentMail.objects.filter(kind="refunded").exists()


def exchanged(room, price):
    rma = room.accepted(room.make_shipped(1, price=2000), 1)
    other = room.data.make_variant(price=price, stock={room.house: 3})
    exchange_return(STAFF, rma.pk, [(other.id, 1)])
    return rma


def test_a_dearer_exchange_says_what_is_left_to_pay(room):
    exchanged(room, 3010)
    kinds = told(room)
    assert "exchanged" in kinds and "refunded" not in kinds
    text = next(mail[2] for mail in room.data.mails() if "in exchange for 1 item" in mail[2])
    assert "It costs $30.10" in text and "Left to pay: $10.10" in text and "back." not in text


def test_a_cheaper_exchange_says_what_is_given_back_and_then_that_it_was(room):
    exchanged(room, 1250)
    assert {"exchanged", "refunded"} <= set(told(room))
    mails = {mail[1]: mail[2] for mail in room.data.mails()}
    assert "You get $7.50 back." in next(text for text in mails.values() if "in exchange for" in text)
    text = mails["Your refund: $7.50"]
    assert "| $20.00\n- For your new order | -$12.50\n- Total | $7.50\n" in text


def test_only_what_staff_write_to_the_shopper_is_mailed(room):
    me, _ = room.data.make_asker(AskerKind.CUSTOMER)
    rma = room.request(room.make_shipped(1, user_id=me.id), 1)
    told(room)
    message_return(me, rma.pk, "Where is my label?")
    message_return(STAFF, rma.pk, "A difficult one.", internal=True)
    assert told(room) == []
    message_return(STAFF, rma.pk, "In the box.\n<b>Really</b>\nhttps://elsewhere.example/")
    assert told(room) == ["message"]
    _, _, text, html, _ = room.data.mails()[-1]
    assert "> In the box.\n> <b>Really</b>\n> https://elsewhere.example/\n" in text
    assert "<b>" not in html and "&lt;b&gt;Really" in html and 'href="https://elsewhere' not in html


def test_a_reminder_before_the_last_day_and_the_end(room):
    room.configure(expiry_days="10")
    rma = room.approved(room.make_shipped(2, language="pl"), 2)
    told(room)
    find_reminders()
    assert told(room) == []
    with later(days=8):
        find_reminders()
        find_reminders()
        assert told(room) == ["reminder"]
        find_reminders()
        assert told(room) == []
    assert "Wyślij go najpóźniej" in last(room)[2]
    with later(days=12):
        assert expire_return(rma.pk)
        assert told(room) == ["expired"]


def test_no_reminder_for_what_is_on_its_way_or_when_nobody_wants_one(room):
    room.configure(expiry_days="10")
    rma = room.approved(room.make_shipped(2), 2)
    told(room)
    with later(days=8):
        Return.objects.filter(pk=rma.pk).update(scanned=clock.now())
        find_reminders()
        assert told(room) == []
        Return.objects.filter(pk=rma.pk).update(scanned=None)
        room.configure(expiry_days="10", mail_reminder_days="0")
        find_reminders()
        assert told(room) == []


def test_a_reminder_that_comes_too_late_says_nothing(room):
    room.configure(expiry_days="10")
    rma = room.approved(room.make_shipped(2), 2)
    told(room)
    with later(days=8):
        find_reminders()
    room.receive(rma, 2)
    assert told(room) == ["received"]


def test_staff_see_what_was_mailed_and_shoppers_do_not(room):
    me, token = room.data.make_asker(AskerKind.CUSTOMER)
    rma = room.approved(room.make_shipped(1, user_id=me.id), 1)
    with mock.patch.object(type(shop()), "send_mail", side_effect=OSError):
        drain(strict=False)
    assert told(room) == []
    Delivery.objects.filter(state=State.PENDING).update(due_at=clock.now())
    told(room)
    query = "query($id: ID!) { return(id: $id) { mails { kind language created sent } } }"
    staff = Caller(room.data.make_asker(AskerKind.STAFF, "MANAGE_ORDERS")[1])
    found = [
        caller.ask(query, id=to_global("Return", rma.pk))["data"]["return"]["mails"]
        for caller in (staff, Caller(token))
    ]
    assert [(mail["kind"], mail["language"]) for mail in found[0]] == [("APPROVED", "en")]
    assert found[0][0]["sent"] >= found[0][0]["created"]
    assert found[1] == []


# -- language, address, wishes --------------------------------------------------------------------------------


def test_the_returns_language_then_the_orders_then_the_merchants(room):
    room.configure(portal_language="de")
    subjects = []
    for order_language, return_language in (("pl", "en"), ("pl-PL", ""), ("fr", "")):
        rma = room.request(room.make_shipped(1, language=order_language), 1)
        Return.objects.filter(pk=rma.pk).update(language=return_language)
        assert told(room) == ["return_requested"]
        subjects.append(last(room)[1].partition(" ")[0])
    assert subjects == ["We", "Otrzymaliśmy", "Wir"]
    assert list(SentMail.objects.order_by("pk").values_list("language", flat=True)) == ["en", "pl", "de"]


def test_the_address_is_that_of_the_order_now(room):
    order = room.make_shipped(1, email="old@example.com")
    room.request(order, 1)
    from saleor_plugins.kernel.ids import from_global

    rows = room.data.model("order.Order").objects.filter(pk=from_global(order.id, "Order"))
    rows.update(user_email="new@example.com")
    told(room)
    assert last(room)[0] == "new@example.com"


def test_no_address_no_mail(room):
    room.request(room.make_shipped(1, email=""), 1)
    assert told(room) == []


def test_who_was_erased_gets_none(room):
    rma = room.request(room.make_shipped(1), 1)
    Return.objects.filter(pk=rma.pk).update(erased=clock.now())
    assert told(room) == []


@pytest.mark.parametrize(
    ("mails", "expected"),
    [("all", 1), ("", 1), ("none", 0), ("refunded, approved", 0), ("Return_Requested", 1)],
)
def test_only_the_mails_a_merchant_wants(room, mails, expected):
    room.configure(mails=mails)
    room.request(room.make_shipped(1), 1)
    assert len(told(room)) == expected


def test_switched_off_nothing_is_mailed(room):
    room.request(room.make_shipped(1), 1)
    room.data.configure_plugin("saleor_plugins.returns", active=False)
    assert told(room) == []


def test_the_link_opens_the_page_of_the_return(room, client):
    rma = room.request(room.make_shipped(1), 1)
    told(room)
    link = urlsplit(re.search(r"See your return: (\S+)", last(room)[2])[1])
    page = client.get(link.path, follow=True)
    assert page.status_code == 200 and rma.number in page.content.decode()


def test_without_a_portal_no_link_to_it(room):
    room.configure(portal_on=False)
    room.request(room.make_shipped(1), 1)
    assert told(room) == ["return_requested"]
    assert "portal/" not in last(room)[2] and "See your return" not in last(room)[2]


# -- repeats and faults ---------------------------------------------------------------------------------------


def test_every_event_again_is_no_mail(room):
    rma = room.refunded(room.make_shipped(2), 2)
    message_return(STAFF, rma.pk, "Thank you.")
    drain()
    sent = len(room.data.mails())
    assert sent == SentMail.objects.count() >= 3
    Delivery.objects.update(state=State.PENDING, attempts=0, settled_at=None)
    drain(strict=False)
    assert len(room.data.mails()) == sent == SentMail.objects.count()


def test_a_mail_server_that_is_down_delays_mails_and_nothing_else(room):
    order = room.make_shipped(1, email="canary@example.com")
    down = smtplib.SMTPRecipientsRefused({"canary@example.com": (451, b"later, canary@example.com")})
    with mock.patch.object(type(shop()), "send_mail", side_effect=down):
        rma = room.refunded(order, 1)
        drain(strict=False)
    assert room.payment(order).refunded == 1000
    waiting = Delivery.objects.filter(state=State.PENDING, subscriber__startswith="returns.mail_")
    assert set(waiting.values_list("subscriber", flat=True)) >= {"returns.mail_refunded"}
    assert not [row for row in waiting if "canary" in row.last_error + str(row.log)]
    Delivery.objects.filter(state=State.PENDING).update(due_at=clock.now())
    assert "refunded" in told(room)
    assert SentMail.objects.filter(rma=rma, sent=None).count() == 0


def test_a_broken_address_is_parked_and_shows_nobody(room):
    room.request(room.make_shipped(1, email="canary at example"), 1)
    drain(strict=False)
    (dead,) = Delivery.objects.filter(state=State.DEAD)
    assert dead.subscriber == "returns.mail_return_requested"
    assert "canary" not in dead.last_error + str(dead.log)
    assert room.data.mails() == []


def test_no_code_no_address_and_no_words_are_kept_or_logged(room, caplog):
    from saleor_plugins.delivery.models import Event

    caplog.set_level("DEBUG")
    order = room.make_shipped(1, email="canary@example.com")
    rma = room.request(order, 1)
    message_return(STAFF, rma.pk, "canary of words")
    drain()
    assert "canary" in str(room.data.mails())
    kept = str(list(SentMail.objects.values())) + str(list(Event.objects.values("data")))
    assert "canary" not in kept and "canary" not in caplog.text


def test_a_shopper_asks_as_well(room):
    me, _ = room.data.make_asker(AskerKind.CUSTOMER)
    assert isinstance(me, Asker)
    rma = room.request(room.make_shipped(1, user_id=me.id), 1)
    cancel_return(me, rma.pk)
    assert told(room) == ["canceled"]
