"""One mail for each subscription, when stock is really free for whoever asked."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.core.cache import cache

from saleor_plugins.kernel import clock
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import AskerKind
from saleor_plugins.restock.models import SentMail, StockAlert, VariantWatch
from saleor_plugins.restock.store import alerts as store
from saleor_plugins.restock.usecases.forget_alerts import forget_alerts
from saleor_plugins.restock.usecases.watch_stock import watch_stock

from .alert_doors import EMAIL, graphql, links, look_on, subscribe, wait_for, work
from .rooms import events


@pytest.fixture(autouse=True)
def _nobody_was_here(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def shirt(room: Any) -> Any:
    """Sold out."""
    return room.data.make_variant(stock={room.house: 0})


def mails(room: Any, to: str = EMAIL) -> list[Any]:
    return [mail for mail in room.data.mails() if mail[0] == to]


def test_from_the_wish_to_the_mail(room: Any, client: Any, shirt: Any, at: Any) -> None:
    room.configure(shop_name="Example Shop", alerts_link="https://shop.example/{slug}?v={variant}")
    assert subscribe(client, shirt, language="de") == {"outcome": "CONFIRM", "errors": []}
    work()
    ((_, subject, text, html, _),) = mails(room)
    assert subject == f"Bitte bestätigen: {shirt.product_name} ({shirt.name})"
    (confirm,) = links(text, "confirm")
    assert confirm in html
    room.data.set_stock(shirt, room.house, 5)
    look_on(at)
    assert len(mails(room)) == 1, "nobody has said yes yet"
    room.data.set_stock(shirt, room.house, 0)
    assert client.post(confirm).status_code == 200
    room.data.set_stock(shirt, room.house, 5)
    look_on(at)
    _, (_, subject, text, html, _) = mails(room)
    assert subject.startswith("Wieder verfügbar: ")
    assert "https://shop.example/" in text
    (stop,) = links(text, "stop")
    _, headers = room.data.last_mail()
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-Unsubscribe"].endswith(f"{stop}>")
    assert StockAlert.objects.get().state == "SENT"


def test_one_mail_however_often_it_comes_back(room: Any, shirt: Any, at: Any) -> None:
    wait_for(shirt, EMAIL)
    for _ in range(3):
        room.data.set_stock(shirt, room.house, 9)
        look_on(at, 60)
        room.data.set_stock(shirt, room.house, 0)
        look_on(at, 2)
    assert len(mails(room)) == 1
    assert SentMail.objects.filter(kind="back_in_stock").count() == 1


def test_twins_of_a_wish_are_one(room: Any, client: Any, shirt: Any) -> None:
    answers = [subscribe(client, shirt, email) for email in (EMAIL, EMAIL.upper(), f" {EMAIL} ")]
    assert len({str(answer) for answer in answers}) == 1
    work()
    assert StockAlert.objects.count() == 1
    assert len(room.data.mails()) == 1


def test_an_asker_learns_nothing_of_others(room: Any, client: Any, shirt: Any) -> None:
    """The same answer for who is new, waits already, has unsubscribed, and for what nobody may see."""
    hidden = room.data.make_variant(stock={room.house: 0})
    room.data.hide(hidden)
    waiting = wait_for(shirt, "new@example.com")
    gone = wait_for(shirt, "gone@example.com")
    store.unsubscribe(gone.digest, clock.now())
    answers = [subscribe(client, shirt, who) for who in ("x@example.com", waiting.email, "gone@example.com")]
    answers += [subscribe(client, hidden), subscribe(client, type(shirt)("UHJvZHVjdA==", "", "", "", ""))]
    answers += [subscribe(client, shirt, channel="nowhere")] if room.data.channels else []
    assert answers == [{"outcome": "CONFIRM", "errors": []}] * len(answers)
    assert not StockAlert.objects.filter(variant_id=hidden.id).exists()
    assert not StockAlert.objects.filter(email=EMAIL).exists()


def test_a_customer_waits_with_the_proven_address(room: Any, client: Any, shirt: Any, at: Any) -> None:
    ada, token = room.data.make_asker(AskerKind.CUSTOMER)
    own = shop().account_email(ada.id)
    assert subscribe(client, shirt, "", token)["outcome"] == "NOTED"
    row = StockAlert.objects.get()
    assert (row.state, row.email, row.user_id) == ("WAITING", own, ada.id)
    # Another's address is confirmed like anybody's.
    assert subscribe(client, shirt, EMAIL, token)["outcome"] == "CONFIRM"
    assert StockAlert.objects.get(email=EMAIL).state == "PENDING"
    room.data.set_stock(shirt, room.house, 1)
    look_on(at)
    assert len(mails(room, own)) == 1


def test_an_account_that_nobody_has_proven_is_a_guest(room: Any, client: Any, shirt: Any) -> None:
    ada, token = room.data.make_asker(AskerKind.CUSTOMER)
    own = shop().account_email(ada.id)
    room.data.doubt(ada.id)
    found = subscribe(client, shirt, own, token)
    assert found["outcome"] == "CONFIRM"
    assert StockAlert.objects.get().state == "PENDING"


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"email": ""}, "email", "REQUIRED"),
        ({"email": "nobody"}, "email", "INVALID"),
        ({"email": "a@b.example, c@d.example"}, "email", "INVALID"),
        ({"country": "Germany"}, "country", "INVALID"),
    ],
)
def test_what_is_wrong_is_named(
    room: Any, client: Any, shirt: Any, given: dict[str, str], field: str, code: str
) -> None:
    found = subscribe(client, shirt, **{"email": EMAIL, **given})
    assert found == {"outcome": None, "errors": [{"field": field, "code": code}]}
    assert not StockAlert.objects.exists()


def test_what_is_there_is_not_waited_for(room: Any, client: Any) -> None:
    there = room.data.make_variant(stock={room.house: 3})
    assert subscribe(client, there)["outcome"] == "AVAILABLE"
    assert not StockAlert.objects.exists()


def test_not_asked_for_a_confirmation(room: Any, client: Any, shirt: Any) -> None:
    room.configure(alerts_confirm=False)
    assert subscribe(client, shirt)["outcome"] == "NOTED"
    assert StockAlert.objects.get().state == "WAITING"


def test_a_mailbox_is_not_filled_by_others(room: Any, client: Any) -> None:
    for _ in range(12):
        subscribe(client, room.data.make_variant(stock={room.house: 0}))
    work()
    assert len(room.data.mails()) == 5


def test_what_orders_were_promised_is_not_free(room: Any, at: Any) -> None:
    shirt = room.data.make_variant(stock={room.house: 3})
    room.data.make_order([(shirt, 3)], paid=True)
    wait_for(shirt, EMAIL)
    look_on(at)
    assert mails(room) == []
    room.data.set_stock(shirt, room.house, 4)
    look_on(at)
    assert len(mails(room)) == 1


def test_stock_that_was_taken_before_the_mail_went(room: Any, shirt: Any, at: Any) -> None:
    alert = wait_for(shirt, EMAIL)
    room.data.set_stock(shirt, room.house, 1)
    start = clock.now()
    for minute in range(20):
        at(start + timedelta(minutes=minute, seconds=1))
        watch_stock()
    room.data.make_order([(shirt, 1)], paid=True)
    work()
    assert mails(room) == []
    assert store.find(alert.pk).state == "WAITING"  # type: ignore[union-attr]
    room.data.set_stock(shirt, room.house, 5)
    at(start + timedelta(days=2))
    watch_stock()
    look_on(at)
    assert len(mails(room)) == 1


def test_only_as_many_as_there_is_for_and_the_oldest_first(room: Any, shirt: Any, at: Any) -> None:
    room.configure(alerts_each="2", alerts_again="24")
    people = [f"p{index}@example.com" for index in range(9)]
    for email in people:
        wait_for(shirt, email)
    room.data.set_stock(shirt, room.house, 2)
    look_on(at, 60)
    assert [mail[0] for mail in room.data.mails()] == people[:4]
    at(clock.now() + timedelta(hours=25))
    watch_stock()
    work()
    assert [mail[0] for mail in room.data.mails()] == people[:8]
    told = events("variant.back_in_stock")
    assert [(event["variantId"], event["free"]) for event in told] == [(shirt.id, 2)]
    assert "@" not in str(told)


def test_flapping_tells_nobody(room: Any, shirt: Any, at: Any) -> None:
    wait_for(shirt, EMAIL)
    for _ in range(12):
        room.data.set_stock(shirt, room.house, 5)
        look_on(at, 10)
        room.data.set_stock(shirt, room.house, 0)
        look_on(at, 1)
    assert mails(room) == []
    assert events("variant.back_in_stock") == []


def test_stock_that_does_not_ship_there(room: Any, shirt: Any, at: Any) -> None:
    far = room.data.make_warehouse(country="DE", countries=["DE"])
    room.data.set_stock(shirt, far, 0)
    wait_for(shirt, "us@example.com", country="US")
    wait_for(shirt, "de@example.com", country="DE")
    room.data.set_stock(shirt, far, 5)
    look_on(at)
    assert [mail[0] for mail in room.data.mails()] == ["de@example.com"]


def test_a_channels_own_stock(room: Any, shirt: Any, at: Any) -> None:
    if not room.data.channels:
        pytest.skip("No channels there.")
    other = room.data.make_warehouse(channels=["other"])
    wait_for(shirt, EMAIL, channel="default")
    room.data.set_stock(shirt, other, 5)
    look_on(at)
    assert mails(room) == []


def test_a_product_that_was_hidden_meanwhile(room: Any, shirt: Any, at: Any) -> None:
    wait_for(shirt, EMAIL)
    room.data.hide(shirt)
    room.data.set_stock(shirt, room.house, 5)
    look_on(at)
    assert mails(room) == []


def test_a_variant_that_was_deleted(room: Any, shirt: Any, at: Any) -> None:
    if room.data.in_memory:
        pytest.skip("Real rows only.")
    wait_for(shirt, EMAIL)
    with mock.patch.object(type(shop()), "variants", return_value=[]):
        at(clock.now() + timedelta(minutes=1))
        watch_stock()
    assert StockAlert.objects.get().state == "EXPIRED"


def test_who_says_yes_late_is_told_at_once(room: Any, client: Any, shirt: Any) -> None:
    subscribe(client, shirt)
    work()
    room.data.set_stock(shirt, room.house, 5)
    (confirm,) = links(mails(room)[0][2], "confirm")
    client.post(confirm)
    work()
    assert len(mails(room)) == 2
    client.post(confirm)
    work()
    assert len(mails(room)) == 2


def test_a_yes_after_two_days_is_too_late(room: Any, client: Any, shirt: Any, at: Any) -> None:
    subscribe(client, shirt)
    work()
    (confirm,) = links(mails(room)[0][2], "confirm")
    at(clock.now() + timedelta(hours=49))
    assert client.post(confirm).status_code == 410
    forget_alerts()
    row = StockAlert.objects.get()
    assert (row.state, row.email, row.digest) == ("EXPIRED", "", "")


def test_unsubscribing_ends_all_of_it_and_forgets(room: Any, client: Any, shirt: Any, at: Any) -> None:
    coat = room.data.make_variant(stock={room.house: 0})
    wait_for(shirt, EMAIL)
    wait_for(coat, EMAIL)
    wait_for(coat, "bob@example.com")
    room.data.set_stock(shirt, room.house, 1)
    look_on(at)
    (stop,) = links(mails(room)[0][2], "stop")
    assert client.post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert client.post(stop).status_code == 200
    room.data.set_stock(coat, room.house, 5)
    look_on(at)
    assert [mail[0] for mail in room.data.mails()] == [EMAIL, "bob@example.com"]
    token = stop.rstrip("/").rpartition("/")[2]
    query = f'mutation {{ stockAlertUnsubscribe(token: "{token}") {{ unsubscribed }} }}'
    assert graphql(client, query)["stockAlertUnsubscribe"] == {"unsubscribed": True}
    forged = query.replace(token, token[:-2] + "xx")
    assert graphql(client, forged)["stockAlertUnsubscribe"] == {"unsubscribed": False}
    ended = StockAlert.objects.get(variant_id=coat.id, state="UNSUBSCRIBED")
    assert (ended.email, ended.digest) == ("", "")


def test_addresses_go_after_their_days(room: Any, shirt: Any, at: Any) -> None:
    room.configure(alerts_keep="7", alerts_days="30")
    wait_for(shirt, EMAIL)
    room.data.set_stock(shirt, room.house, 1)
    look_on(at)
    room.data.set_stock(shirt, room.house, 0)
    late = wait_for(shirt, "late@example.com")
    at(clock.now() + timedelta(days=6))
    forget_alerts()
    assert StockAlert.objects.filter(email=EMAIL).exists()
    at(clock.now() + timedelta(days=2))
    forget_alerts()
    assert not StockAlert.objects.filter(email=EMAIL).exists()
    at(clock.now() + timedelta(days=30))
    forget_alerts()
    assert store.find(late.pk).state == "EXPIRED"  # type: ignore[union-attr]


def test_a_mailbox_that_is_gone_is_not_asked_every_day(room: Any, shirt: Any, at: Any) -> None:
    wait_for(shirt, EMAIL)
    room.data.set_stock(shirt, room.house, 1)
    refused = smtplib.SMTPRecipientsRefused({EMAIL: (550, b"no such user")})
    with mock.patch.object(type(shop()), "send_mail", side_effect=refused):
        look_on(at)
    assert StockAlert.objects.get().state == "EXPIRED"
    assert not SentMail.objects.exists()


def test_a_server_that_is_down_loses_nobody(room: Any, shirt: Any, at: Any) -> None:
    wait_for(shirt, EMAIL)
    room.data.set_stock(shirt, room.house, 1)
    with mock.patch.object(type(shop()), "send_mail", side_effect=smtplib.SMTPServerDisconnected("x")):
        look_on(at)
    assert StockAlert.objects.get().state == "WAITING"
    at(clock.now() + timedelta(minutes=10))
    work()
    assert len(mails(room)) == 1


def test_switched_off_says_nothing(room: Any, client: Any, shirt: Any, at: Any) -> None:
    wait_for(shirt, EMAIL)
    room.configure(alerts_on=False)
    assert subscribe(client, shirt, "bob@example.com")["outcome"] == "CONFIRM"
    assert StockAlert.objects.count() == 1
    from saleor_plugins.restock.tasks.alerts import watch

    room.data.set_stock(shirt, room.house, 1)
    for minute in range(30):
        at(clock.now() + timedelta(minutes=minute))
        watch()
    work()
    assert room.data.mails() == []


def test_staff_see_numbers_and_no_addresses(room: Any, client: Any, shirt: Any) -> None:
    coat = room.data.make_variant(stock={room.house: 0})
    for index in range(3):
        wait_for(shirt, f"p{index}@example.com")
    wait_for(coat, EMAIL)
    subscribe(client, coat, "guest@example.com")
    _, token = room.data.make_asker(AskerKind.STAFF, "MANAGE_PRODUCTS")
    query = "{ stockAlertCounts { variantId waiting unconfirmed } }"
    assert graphql(client, query, token)["stockAlertCounts"] == [
        {"variantId": shirt.id, "waiting": 3, "unconfirmed": 0},
        {"variantId": coat.id, "waiting": 1, "unconfirmed": 1},
    ]
    assert store.waiting([shirt.id, coat.id, "x"]) == {shirt.id: 3, coat.id: 1}


def test_a_sweep_over_many_is_a_constant_number_of_queries(
    room: Any, at: Any, django_assert_max_num_queries: Any
) -> None:
    for index in range(12):
        wait_for(room.data.make_variant(stock={room.house: 0}), f"p{index}@example.com")
        room.data.set_stock(room.data.make_variant(stock={room.house: 0}), room.house, 1)
    at(clock.now() + timedelta(minutes=5))
    with django_assert_max_num_queries(24):
        watch_stock()
    assert VariantWatch.objects.count() == 12


def test_no_address_is_in_an_event(room: Any, client: Any, shirt: Any, at: Any) -> None:
    from saleor_plugins.delivery.models import Delivery, Event

    subscribe(client, shirt)
    wait_for(shirt, "bob@example.com")
    room.data.set_stock(shirt, room.house, 5)
    look_on(at)
    assert "@" not in str(list(Event.objects.values_list("data", "key")))
    assert "@" not in str(list(Delivery.objects.values_list("log", "last_error")))
