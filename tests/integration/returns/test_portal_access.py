"""The portal's door: codes by mail, signed links, the session, its CSRF token."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import PermissionDenied
from saleor_plugins.returns.domain import codes
from saleor_plugins.returns.models import AccessCode
from saleor_plugins.returns.usecases.request_access import request_access
from saleor_plugins.returns.usecases.send_access_code import send_access_code
from saleor_plugins.returns.views.portal import links, session

from .doors import EMAIL, PORTAL, ask, code_in, enter, one_minute, path_of, work
from .rooms import Room


@pytest.fixture(autouse=True)
def _nobody_was_here(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def order(room: Room) -> Any:
    return room.make_shipped(2, email=EMAIL)


class Request:
    """As much of a request as the session reads."""

    def __init__(self, client: Client, **fields: Any):
        self.COOKIES = {name: morsel.value for name, morsel in client.cookies.items()}
        self.POST = fields.get("post", {})
        self.headers = fields.get("headers", {})
        self.path = PORTAL


def orders_of(client: Client) -> set[str]:
    """Which orders the browser may see."""
    guest = session.guest(Request(client))  # type: ignore[arg-type]
    return set(guest.orders) if guest else set()


def test_a_code_from_the_mail_opens_the_order(client: Client, room: Room, order: Any) -> None:
    assert b'name="orderNumber"' in client.get(PORTAL).content
    sent = ask(client, f" #{order.number} ", EMAIL.upper())
    assert (sent.status_code, sent.content) == (303, b"")
    assert b"15 minutes" in client.get(sent["Location"]).content
    work()
    assert [mail[0] for mail in room.data.mails()] == [EMAIL]
    done = client.post(sent["Location"], {"code": code_in(room).replace("-", " ").lower()})
    assert (done.status_code, done["Location"]) == (303, PORTAL)
    assert orders_of(client) == {order.id}


def test_the_cookie(client: Client, room: Room, order: Any, settings: Any) -> None:
    enter(client, room, order)
    cookie = client.cookies[session.COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", PORTAL)
    assert cookie["max-age"] == 2 * 3600
    assert not cookie["secure"]
    settings.ENABLE_SSL = True
    other = Client()
    enter(other, room, order)
    assert other.cookies[session.COOKIE]["secure"]


def test_a_session_ends_after_two_hours(client: Client, room: Room, order: Any) -> None:
    enter(client, room, order)
    with time_machine.travel(clock.now() + timedelta(hours=2, seconds=-5)):
        assert orders_of(client) == {order.id}
    with time_machine.travel(clock.now() + timedelta(hours=2, seconds=5)):
        assert orders_of(client) == set()


@pytest.mark.parametrize(
    "change", [lambda v: v[:-1] + ("A" if v[-1] != "A" else "B"), lambda v: "x" + v, len]
)
def test_a_changed_cookie_is_nobodys(client: Client, room: Room, order: Any, change: Any) -> None:
    enter(client, room, order)
    client.cookies[session.COOKIE] = str(change(client.cookies[session.COOKIE].value))
    assert orders_of(client) == set()


def test_a_link_token_is_no_cookie(client: Client, room: Room, order: Any) -> None:
    client.cookies[session.COOKIE] = links.portal_url(order.id).rstrip("/").rpartition("/")[2]
    assert orders_of(client) == set()


class TestCodes:
    """Single use, five attempts, fifteen minutes, three mails an hour."""

    def page(self, client: Client, order: Any) -> str:
        where = ask(client, order.number, EMAIL)["Location"]
        work()
        return str(where)

    def test_works_once(self, client: Client, room: Room, order: Any) -> None:
        page = self.page(client, order)
        code = code_in(room)
        assert client.post(page, {"code": code}).status_code == 303
        other = Client()
        assert other.post(page, {"code": code}).status_code == 422
        assert orders_of(other) == set()

    def test_five_attempts(self, client: Client, room: Room, order: Any) -> None:
        page = self.page(client, order)
        for _ in range(codes.ATTEMPTS - 1):
            assert client.post(page, {"code": "22222222"}).status_code == 422
        assert client.post(page, {"code": code_in(room)}).status_code == 303
        client = Client()
        page = self.page(client, order)
        for _ in range(codes.ATTEMPTS):
            assert client.post(page, {"code": "22222222"}).status_code == 422
        assert client.post(page, {"code": code_in(room)}).status_code == 422

    def test_an_empty_answer_is_no_attempt(self, client: Client, room: Room, order: Any) -> None:
        page = self.page(client, order)
        for _ in range(codes.ATTEMPTS + 1):
            assert client.post(page, {"code": " - "}).status_code == 422
        assert client.post(page, {"code": code_in(room)}).status_code == 303

    def test_fifteen_minutes(self, client: Client, room: Room, order: Any) -> None:
        page = self.page(client, order)
        with time_machine.travel(clock.now() + timedelta(minutes=15, seconds=1)):
            assert client.post(page, {"code": code_in(room)}).status_code == 422
        assert client.post(page, {"code": code_in(room)}).status_code == 303

    def test_a_code_of_another_question(self, client: Client, room: Room, order: Any) -> None:
        first = self.page(client, order)
        code = code_in(room)
        self.page(client, order)
        assert code_in(room) != code
        assert client.post(first, {"code": code_in(room)}).status_code == 422
        assert client.post(first, {"code": code}).status_code == 303

    def test_three_mails_an_hour(self, client: Client, room: Room, order: Any) -> None:
        other = room.make_shipped(1, email=EMAIL)
        pages = [self.page(client, order) for _ in range(4)]
        assert len(room.data.mails()) == 3
        assert client.post(pages[3], {"code": code_in(room)}).status_code == 422
        self.page(client, other)
        assert len(room.data.mails()) == 4
        with time_machine.travel(clock.now() + timedelta(minutes=61)):
            self.page(client, order)
        assert len(room.data.mails()) == 5

    def test_a_worker_that_comes_twice_mails_once(self, room: Room, order: Any) -> None:
        asked = request_access(order.number, EMAIL)
        assert send_access_code(asked.pk)
        code = code_in(room)
        send_access_code(asked.pk)
        assert len(room.data.mails()) == 1
        assert code_in(room) == code

    def test_a_worker_that_died_before_the_mail_goes_on(
        self, client: Client, room: Room, order: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = request_access(order.number, EMAIL)
        with monkeypatch.context() as patched:
            patched.setattr(type(room.data.shop), "send_mail", lambda *a, **k: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                send_access_code(asked.pk)
        send_access_code(asked.pk)
        assert client.post(f"{PORTAL}code/{asked.pk}/", {"code": code_in(room)}).status_code == 303

    def test_the_minutes_begin_with_the_mail(self, client: Client, room: Room, order: Any) -> None:
        asked = request_access(order.number, EMAIL)
        with time_machine.travel(clock.now() + timedelta(minutes=10)):
            send_access_code(asked.pk)
        page = f"{PORTAL}code/{asked.pk}/"
        with time_machine.travel(clock.now() + timedelta(minutes=25, seconds=5)):
            assert client.post(page, {"code": code_in(room)}).status_code == 422
        with time_machine.travel(clock.now() + timedelta(minutes=24)):
            assert client.post(page, {"code": code_in(room)}).status_code == 303

    def test_a_late_worker_mails_nothing(self, room: Room, order: Any) -> None:
        asked = request_access(order.number, EMAIL)
        with time_machine.travel(clock.now() + timedelta(minutes=16)):
            assert not send_access_code(asked.pk)
        assert room.data.mails() == []

    def test_nothing_readable_is_stored(self, client: Client, room: Room, order: Any) -> None:
        from django.db import connection

        self.page(client, order)
        code = code_in(room)
        with connection.cursor() as cursor:
            cursor.execute("SELECT t::text FROM ops_returns_accesscode t UNION ALL "
                           "SELECT t::text FROM ops_delivery_event t")  # fmt: skip
            stored = " ".join(row for (row,) in cursor.fetchall())
        assert order.number in stored
        assert not [part for part in (code, code.replace("-", ""), EMAIL) if part in stored]

    def test_in_the_shoppers_language(self, client: Client, room: Room, order: Any) -> None:
        ask(client, order.number, EMAIL, HTTP_ACCEPT_LANGUAGE="de-AT,de;q=0.9")
        assert AccessCode.objects.get().language == "de"
        page = client.get(PORTAL, HTTP_ACCEPT_LANGUAGE="pl").content.decode()
        assert '<html lang="pl">' in page
        assert "Znajdź zamówienie" in page


@pytest.mark.parametrize(
    ("number", "email", "fields"),
    [
        ("", "", ["orderNumber"]),
        ("1", "", ["email"]),
        ("1", "not an address", ["email"]),
        ("1", "a@b", ["email"]),
        ("1", "a@b.example\nBcc: c@d.example", ["email"]),
        ("1", '"a b"@c.example', ["email"]),
        ("9" * 101, "a@b.example", ["orderNumber"]),
    ],
)
def test_what_can_be_no_order_is_said_beside_its_field(
    client: Client, db: None, room: Room, number: str, email: str, fields: list[str]
) -> None:
    answer = ask(client, number, email)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "<title>Error: " in html
    for field in fields:
        assert f'href="#{field}"' in html
        assert f'id="{field}-fault"' in html
    assert not AccessCode.objects.exists()


class TestLinks:
    """Signed links from mails."""

    def test_open_the_order_at_a_page(self, client: Client, room: Room, order: Any) -> None:
        url = links.portal_url(order.id, "returns/7/")
        assert url.startswith(room.data.shop.site().address + PORTAL)
        answer = client.get(path_of(url))
        assert (answer.status_code, answer["Location"]) == (303, f"{PORTAL}returns/7/")
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["Cache-Control"] == "no-store"
        assert orders_of(client) == {order.id}

    def test_expire_by_the_setting(self, client: Client, room: Room, order: Any) -> None:
        room.configure(portal_link_days="3")
        url = path_of(links.portal_url(order.id))
        with time_machine.travel(clock.now() + timedelta(days=3, seconds=5)):
            assert client.get(url).status_code == 410
            assert orders_of(client) == set()
        with time_machine.travel(clock.now() + timedelta(days=3, seconds=-5)):
            assert client.get(url).status_code == 303

    @pytest.mark.parametrize(
        "path", ["../../x/", "//evil.example/", "a/../../", "%2e%2e/", "x?next=1", "@x/"]
    )
    def test_lead_nowhere_else(self, client: Client, room: Room, order: Any, path: str) -> None:
        answer = client.get(path_of(links.portal_url(order.id)) + path)
        assert answer.status_code == 404 or answer["Location"].startswith(PORTAL)
        assert ".." not in answer.get("Location", "")

    def test_forged_ones_open_nothing(self, client: Client, room: Room, order: Any) -> None:
        token = links.portal_url(order.id).rstrip("/").rpartition("/")[2]
        body, rest = token.split(":", 1)
        for forged in (f"x{token}", f"{body}x:{rest}", body, "x", "", f"{token}x"):
            assert client.get(f"{PORTAL}open/{forged}/").status_code == 404
        assert orders_of(client) == set()


class TestForms:
    """What a form must bring."""

    def check(self, client: Client, **fields: Any) -> None:
        session.check_csrf(Request(client, **fields))  # type: ignore[arg-type]

    def token(self, client: Client) -> str:
        return str(session.csrf_input(Request(client))).rpartition('value="')[2].rstrip('">')  # type: ignore[arg-type]

    def test_the_token_of_its_session(self, client: Client, room: Room, order: Any) -> None:
        enter(client, room, order)
        other = Client()
        enter(other, room, order)
        self.check(client, post={"csrf": self.token(client)})
        for wrong in ("", "x", self.token(other)):
            with pytest.raises(PermissionDenied) as refused:
                self.check(client, post={"csrf": wrong})
            assert refused.value.code == "CSRF"

    def test_no_session_no_token(self, client: Client, room: Room) -> None:
        assert session.csrf_input(Request(client)) == ""  # type: ignore[arg-type]
        self.check(client)

    @pytest.mark.parametrize(("site", "fine"), [("same-origin", True), ("none", True), ("cross-site", False), ("same-site", False)])  # fmt: skip
    def test_what_the_browser_says(
        self, client: Client, room: Room, order: Any, site: str, fine: bool
    ) -> None:
        answer = ask(client, order.number, EMAIL, HTTP_SEC_FETCH_SITE=site)
        assert answer.status_code == (303 if fine else 403)
        assert AccessCode.objects.exists() == fine

    def test_leaving(self, client: Client, room: Room, order: Any) -> None:
        enter(client, room, order)
        assert client.post(f"{PORTAL}leave/").status_code == 403
        assert client.get(f"{PORTAL}leave/").status_code == 405
        assert orders_of(client) == {order.id}
        assert client.post(f"{PORTAL}leave/", {"csrf": self.token(client)})["Location"] == PORTAL
        assert orders_of(client) == set()


@one_minute()
def test_lookups_and_codes_are_throttled_by_client(client: Client, room: Room, order: Any) -> None:
    found = [ask(client, "1", "x@y.example").status_code for _ in range(11)]
    assert found == [303] * 10 + [429]
    assert ask(client, "1", "x@y.example", HTTP_X_FORWARDED_FOR="203.0.113.9").status_code == 303
    page = f"{PORTAL}code/{AccessCode.objects.first().pk}/"
    tried = [client.post(page, {"code": "2222"}).status_code for _ in range(21)]
    assert tried == [422] * 20 + [429]


def test_pages_of_a_guest_are_closed_to_others(client: Client, room: Room) -> None:
    for path in ("items/", "returns/", "returns/1/", "check/"):
        answer = client.get(PORTAL + path)
        assert (answer.status_code, answer["Location"]) == (302, PORTAL)


def test_switched_off_there_is_no_portal(client: Client, room: Room, order: Any) -> None:
    url = path_of(links.portal_url(order.id))
    room.configure(portal_on=False)
    for path in (PORTAL, f"{PORTAL}code/1/", url, f"{PORTAL}withdraw/"):
        assert client.get(path).status_code == 404
