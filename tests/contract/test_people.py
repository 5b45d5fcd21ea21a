"""`port.People` and `port.Settings`."""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from saleor_plugins.kernel.errors import Conflict
from saleor_plugins.platform.port import Asker, AskerKind, Attachment, PluginConfiguration
from tests.shopdata import request


class TestAsker:
    """`asker`"""

    def test_staff(self, world: Any) -> None:
        """Staff by JWT, with exactly their permissions."""
        asker, token = world.make_asker(AskerKind.STAFF, "MANAGE_ORDERS", "MANAGE_PRODUCTS")
        found = world.shop.asker(request(token))
        assert found == asker
        assert found.may("MANAGE_ORDERS")
        assert not found.may("MANAGE_PLUGINS")

    def test_payments(self, world: Any) -> None:
        """Who handles payments: HANDLE_PAYMENTS, which on 2.10 is MANAGE_SETTINGS."""
        for kind in (AskerKind.STAFF, AskerKind.APP):
            asker, token = world.make_asker(kind, "HANDLE_PAYMENTS")
            found = world.shop.asker(request(token))
            assert found == asker
            assert found.may("HANDLE_PAYMENTS")
        _, token = world.make_asker(AskerKind.STAFF, "MANAGE_ORDERS")
        assert not world.shop.asker(request(token)).may("HANDLE_PAYMENTS")
        _, token = world.make_asker(AskerKind.CUSTOMER, "HANDLE_PAYMENTS")
        assert not world.shop.asker(request(token)).may("HANDLE_PAYMENTS")

    def test_staff_without(self, world: Any) -> None:
        """Staff without a permission hold none."""
        asker, token = world.make_asker(AskerKind.STAFF)
        assert world.shop.asker(request(token)) == asker
        assert asker.permissions == frozenset()

    def test_app(self, world: Any) -> None:
        """An app by its token."""
        asker, token = world.make_asker(AskerKind.APP, "MANAGE_ORDERS")
        found = world.shop.asker(request(token))
        assert found == asker
        assert found.may("MANAGE_ORDERS")

    def test_customer(self, world: Any) -> None:
        """A customer holds no permission, whatever is written in the database."""
        asker, token = world.make_asker(AskerKind.CUSTOMER, "MANAGE_ORDERS")
        found = world.shop.asker(request(token))
        assert (found.kind, found.id) == (AskerKind.CUSTOMER, asker.id)
        assert not found.may("MANAGE_ORDERS")

    def test_other_header(self, world: Any) -> None:
        """Authorization-Bearer, which Saleor 3 prefers, is read too."""
        asker, token = world.make_asker(AskerKind.STAFF, "MANAGE_ORDERS")
        sent = request()
        sent.META["HTTP_AUTHORIZATION_BEARER"] = token
        assert world.shop.asker(sent) == asker

    @pytest.mark.parametrize("kind", [AskerKind.STAFF, AskerKind.CUSTOMER, AskerKind.APP])
    def test_switched_off(self, world: Any, kind: AskerKind) -> None:
        """Switched-off users and apps are nobody."""
        asker, token = world.make_asker(kind)
        world.switch_off(asker)
        assert world.shop.asker(request(token)) == Asker()

    @pytest.mark.parametrize(
        "header",
        [
            "",
            "Bearer",
            "Bearer ",
            "Bearer x",
            "JWT x.y.z",
            "Basic YTpi",
            "Bearer " + "a" * 30,
            "Bearer \x00",
            "é",
        ],
    )
    def test_garbage(self, world: Any, header: str) -> None:
        """No token, another scheme, garbage: anonymous, never an exception."""
        sent = request()
        sent.META["HTTP_AUTHORIZATION"] = header
        assert world.shop.asker(sent) == Asker()

    def test_forged(self, world: Any) -> None:
        """Every single changed character of a JWT's signature makes it nobody's."""
        _, token = world.make_asker(AskerKind.STAFF, "MANAGE_ORDERS")
        head, _, signature = token.rpartition(".")
        if not head:
            pytest.skip("Memory's tokens are not signed.")
        for place in range(0, len(signature) - 1, 7):
            changed = "A" if signature[place] != "A" else "B"
            forged = f"{head}.{signature[:place]}{changed}{signature[place + 1 :]}"
            assert world.shop.asker(request(forged)) == Asker()

    def test_expired(self, world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        """An expired JWT is nobody's."""
        if world.in_memory:
            pytest.skip("Memory's tokens do not expire.")
        token = world.expired_token(monkeypatch)
        assert world.shop.asker(request(token)) == Asker()

    def test_cookie(self, world: Any) -> None:
        """A JWT in a cookie counts for nothing: any page could make a browser send it."""
        _, token = world.make_asker(AskerKind.STAFF, "MANAGE_ORDERS")
        sent = request()
        sent.COOKIES["JWT"] = token
        assert world.shop.asker(sent) == Asker()


class TestOwnsOrder:
    """`owns_order`"""

    def test_owner(self, world: Any) -> None:
        """Only the user who placed it; apps, strangers, guests and unknown orders do not."""
        variant = world.make_variant()
        owner, _ = world.make_asker(AskerKind.CUSTOMER)
        stranger, _ = world.make_asker(AskerKind.CUSTOMER)
        app, _ = world.make_asker(AskerKind.APP, "MANAGE_ORDERS")
        order = world.make_order([(variant, 1)], user_id=owner.id, allocate=False)
        guest = world.make_order([(variant, 1)], allocate=False)
        owns = world.shop.owns_order
        assert owns(owner, order.id)
        assert not any(owns(asker, order.id) for asker in (stranger, app, Asker()))
        assert not any(owns(owner, key) for key in (guest.id, "x", ""))
        assert not owns(Asker(AskerKind.APP, owner.id), order.id)


class TestSendMail:
    """`send_mail`"""

    def test_sent(self, world: Any) -> None:
        """Text and HTML, from the shop's sender."""
        world.shop.send_mail("ada@example.com", "Back in stock", "Hello", "<b>Hello</b>")
        to, subject, text, html, sender = world.mails()[-1]
        assert (to, subject, text, html) == ("ada@example.com", "Back in stock", "Hello", "<b>Hello</b>")
        assert "@" in sender

    def test_key(self, world: Any) -> None:
        """The same key, the same Message-ID; marked as automatic."""
        for key in ("one", "one", "two"):
            world.shop.send_mail("ada@example.com", "s", "t", key=key)
        assert len(world.mails()) == 3
        if world.in_memory:
            return
        from django.core import mail

        headers = [sent.message() for sent in mail.outbox]
        ids = [each["Message-ID"] for each in headers]
        assert ids[0] == ids[1] != ids[2]
        assert ids[0].startswith("<one@") and len(ids[0]) > len("<one@>")
        assert {each["Auto-Submitted"] for each in headers} == {"auto-generated"}

    def test_attachments(self, world: Any) -> None:
        """Files of any kind arrive byte for byte under their names; headers come on top."""
        pdf, table = Attachment("order.pdf", bytes(range(256)), "application/pdf"), "sku;größe\n1;2\n"
        files = [pdf, Attachment("Zażółć.csv", table.encode(), "text/csv")]
        world.shop.send_mail(
            "ada@example.com", "s", "t", "<p>t</p>", attachments=files, headers={"List-Unsubscribe": "<x:y>"}
        )
        found, headers = world.last_mail()
        assert found == [(file.name, file.content, file.type) for file in files]
        assert headers["List-Unsubscribe"] == "<x:y>"
        assert world.mails()[-1][2:4] == ("t", "<p>t</p>")

    @pytest.mark.parametrize("bad", ["a\nBcc: all@example.com", "a\r\nX: y"])
    def test_forged_header(self, world: Any, bad: str) -> None:
        """A line break in a header or a subject is refused: nothing is sent."""
        for subject, headers in ((bad, {}), ("s", {"X-Note": bad})):
            with pytest.raises(ValueError):
                world.shop.send_mail("ada@example.com", subject, "t", headers=headers)
        assert world.mails() == []

    def test_no_server(self, world: Any, settings: Any) -> None:
        """A shop without mail settings says so: Conflict, NO_MAIL_SERVER."""
        if world.in_memory:
            pytest.skip("Memory needs no mail server.")
        settings.EMAIL_BACKEND = ""
        with pytest.raises(Conflict) as refused:
            world.shop.send_mail("ada@example.com", "s", "t")
        assert refused.value.code == "NO_MAIL_SERVER"

    def test_inside_a_transaction(self, world: Any) -> None:
        """Refused inside a transaction: RuntimeError, nothing is sent."""
        with pytest.raises(RuntimeError), world.transaction():
            world.shop.send_mail("ada@example.com", "s", "t")
        assert world.mails() == []


class TestSettings:
    """`plugin_configuration`, `time_zone`, `site`"""

    def test_stored(self, world: Any) -> None:
        """The stored switch and values; inactive when there is none."""
        world.configure_plugin("saleor_plugins.test", active=True, window_days="30", open=False)
        found = world.shop.plugin_configuration("saleor_plugins.test")
        assert (found.active, dict(found.values)) == (True, {"window_days": "30", "open": False})
        assert world.shop.plugin_configuration("saleor_plugins.unknown") == PluginConfiguration()

    def test_switched_off(self, world: Any) -> None:
        """A switched-off plugin keeps its values."""
        world.configure_plugin("saleor_plugins.test", active=False, window_days="30")
        found = world.shop.plugin_configuration("saleor_plugins.test")
        assert (found.active, found.values["window_days"]) == (False, "30")

    def test_time_zone(self, world: Any) -> None:
        """An IANA name."""
        assert ZoneInfo(world.shop.time_zone())

    def test_site(self, world: Any) -> None:
        """The shop's name and the address that customers reach it by."""
        site = world.shop.site()
        assert site.name
        assert re.fullmatch(r"https?://[\w.:-]+", site.address)
