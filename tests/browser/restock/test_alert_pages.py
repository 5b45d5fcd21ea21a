"""Notify me in a real Chromium: phone and desktop, light and dark, three languages, with JavaScript and without."""

from __future__ import annotations

import os
import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache

from saleor_plugins.restock.models import StockAlert
from saleor_plugins.restock.views.alerts.words import WORDS
from tests.integration.restock.alert_doors import look_on, page_of, work
from tests.integration.restock.rooms import make_room

SIZES = {"phone": (360, 740), "desktop": (1280, 900)}
# For looking at the pages: where to keep pictures of them.
KEEP = os.environ.get("KEEP_SCREENSHOTS", "")


@pytest.fixture
def scene(transactional_db: None, live_server: Any) -> Any:
    """A shop at a real address, with something sold out."""
    cache.clear()
    room = make_room()
    room.configure(
        shop_name="Northwind Outdoor",
        shop_colour="#0b6b3a",
        shop_terms="https://shop.example/terms",
        shop_imprint="https://shop.example/imprint",
        shop_support="help@shop.example",
        alerts_link="https://shop.example/{slug}/",
        alerts_stable="0",
    )
    room.shirt = room.data.make_variant(stock={room.house: 0})
    room.address = live_server.url
    return room


class Shopper:
    """A browser, and what has to be true of every page that it sees."""

    def __init__(self, chromium: Any, name: str, size: str, *, script: bool = True, **options: Any):
        width, height = SIZES[size]
        # axe is put into the page, which the page's own policy would not let in.
        self.context = chromium.new_context(
            viewport={"width": width, "height": height},
            java_script_enabled=script,
            bypass_csp=script,
            **{"locale": "en-GB", **options},
        )
        self.page = self.context.new_page()
        self.name, self.script, self.count = f"{name}-{size}", script, 0

    def see(self, what: str) -> str:
        """Look at the page: its text."""
        self.count += 1
        if KEEP:
            self.page.screenshot(path=f"{KEEP}/{self.name}-{self.count}-{what}.png", full_page=True)
        if self.script:
            found = Axe().run(self.page)
            assert found.violations_count == 0, found.generate_report()
            assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), what
            small = (
                "[...document.querySelectorAll('button, .button, input')].filter(e => e.offsetHeight < 44)"
            )
            assert self.page.evaluate(f"{small}.length") == 0, what
            assert self.page.locator("script").count() == 0
        assert self.page.locator("h1").count() == 1, what
        return str(self.page.inner_text("main"))


def here(scene: Any, path: str) -> str:
    """A link of a mail, at the address of the test's server."""
    return str(scene.address + path[path.index("/plugins/") :])


def link(text: str, part: str) -> str:
    return re.findall(rf"http\S+/alerts/{part}/[^\s)]+", text)[0]


LOOKS = [
    ("en", "light", "phone", True),
    ("de", "dark", "phone", True),
    ("pl", "light", "desktop", True),
    ("en", "dark", "desktop", True),
    ("de", "light", "phone", False),
]


@pytest.mark.parametrize(("language", "scheme", "size", "script"), LOOKS)
def test_the_whole_way(
    chromium: Any, scene: Any, at: Any, language: str, scheme: str, size: str, script: bool
) -> None:
    said = WORDS[language]
    name = f"alert-{language}-{scheme}" + ("" if script else "-plain")
    shopper = Shopper(chromium, name, size, script=script, color_scheme=scheme, locale=language)
    page = shopper.page
    page.goto(scene.address + page_of(scene.shirt))
    assert page.locator("html").get_attribute("lang") == language
    assert scene.shirt.name in shopper.see("form")
    page.get_by_role("button", name=said["ask"]).click()
    assert page.title().startswith(f"{said['error']}: ")
    assert said["required_email"] in shopper.see("error")
    assert page.get_by_label(said["email"]).get_attribute("aria-describedby") == "email-fault email-hint"
    page.get_by_label(said["email"]).fill("ada@example.com")
    page.get_by_role("button", name=said["ask"]).dblclick()
    page.get_by_role("heading", name=said["CONFIRM_title"]).wait_for()
    shopper.see("asked")
    page.reload()
    assert StockAlert.objects.count() == 1
    work()
    (mail,) = scene.data.mails()
    page.goto(here(scene, link(mail[2], "confirm")))
    shopper.see("confirm")
    page.get_by_role("button", name=said["confirm_button"]).click()
    assert said["confirmed_title"] in shopper.see("confirmed")
    scene.data.set_stock(scene.shirt, scene.house, 3)
    look_on(at, 1)
    _, mail = scene.data.mails()
    page.goto(here(scene, link(mail[2], "stop")))
    shopper.see("stop")
    page.get_by_role("button", name=said["stop_button"]).click()
    assert said["stopped_title"] in shopper.see("stopped")
    page.goto(scene.address + page_of(scene.shirt, "available/"))
    assert page.get_by_role("link", name=said["see"]).is_visible()
    shopper.see("available")
    page.goto(scene.address + "/plugins/saleor_plugins.restock/alerts/stop/nothing/")
    assert said["gone_title"] in shopper.see("gone")
    shopper.context.close()


@pytest.mark.parametrize("size", list(SIZES))
def test_what_the_mails_look_like(chromium: Any, scene: Any, at: Any, size: str) -> None:
    """Both mails, opened as a mail program would."""
    from tests.integration.restock.alert_doors import wait_for

    shopper = Shopper(chromium, "alert-mail", size)
    from saleor_plugins.platform.port import Asker
    from saleor_plugins.restock.usecases.subscribe_alert import subscribe_alert

    subscribe_alert(Asker(), scene.shirt.id, email="ada@example.com", language="de")
    work()
    wait_for(scene.shirt, "bob@example.com")
    scene.data.set_stock(scene.shirt, scene.house, 3)
    look_on(at, 1)
    for index, mail in enumerate(scene.data.mails()):
        shopper.page.set_content(mail[3])
        if KEEP:
            shopper.page.screenshot(path=f"{KEEP}/alert-mail-{size}-{index}.png", full_page=True)
        assert shopper.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert shopper.page.locator("a.button").count() == 1
    shopper.context.close()


def test_with_the_keyboard_alone(chromium: Any, scene: Any) -> None:
    shopper = Shopper(chromium, "alert-keys", "desktop")
    page = shopper.page
    page.goto(scene.address + page_of(scene.shirt))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "email"
    page.keyboard.type("ada@example.com")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name=WORDS["en"]["CONFIRM_title"]).wait_for()
    page.go_back()
    page.get_by_role("link", name="Polski").click()
    assert page.locator("html").get_attribute("lang") == "pl"
    shopper.context.close()


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`at(instant)`: it is then."""
    from saleor_plugins.kernel import clock

    return lambda instant: monkeypatch.setattr(clock, "now", lambda: instant)
