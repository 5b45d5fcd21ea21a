"""The supplier's page in a real Chromium: phone and desktop, light and dark, with JavaScript and without."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache

from saleor_plugins.kernel import clock
from saleor_plugins.restock.models import PurchaseOrder

from .supplier_scene import KEEP, Scene

SIZES = {"phone": (390, 844), "desktop": (1280, 900)}


@pytest.fixture
def scene(transactional_db: None, live_server: Any) -> Scene:
    from .supplier_scene import make_scene

    cache.clear()
    return make_scene(live_server)


class Reader:
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
        self.name, self.script = f"{name}-{size}", script

    def see(self, what: str) -> str:
        """Look at the page: its text."""
        if KEEP:
            self.page.screenshot(path=f"{KEEP}/{self.name}-{what}.png", full_page=True)
        if self.script:
            found = Axe().run(self.page)
            assert found.violations_count == 0, found.generate_report()
            assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), what
            assert self.page.locator("script").count() == 0
        assert self.page.locator("h1").count() == 1, what
        return str(self.page.inner_text("main"))


@pytest.fixture(params=list(SIZES))
def size(request: Any) -> Iterator[str]:
    yield request.param


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_the_whole_way(chromium: Any, scene: Scene, size: str, script: bool) -> None:
    """See, err, confirm, correct."""
    reader = Reader(chromium, "supplier" if script else "supplier-plain", size, script=script)
    page = reader.page
    page.goto(scene.url(scene.waits))
    text = reader.see("order")
    assert "Waits for your confirmation" in text and "2,010.00" in text
    assert "<b>“Aurora”</b>" in text
    page.get_by_role("button", name="Confirm order").click()
    assert page.title().startswith("Error: ")
    assert "Enter the day on which you deliver" in reader.see("error")
    page.get_by_role("link", name="Enter the day on which you deliver").click()
    day = (clock.day_of(clock.now(), "UTC") + timedelta(days=15)).isoformat()
    page.get_by_label("When will you deliver?").fill(day)
    page.get_by_label("Your order number").fill("AB-2207")
    page.get_by_text("Is there something you cannot deliver?").click()
    page.get_by_label("Enamel Mug").check()
    page.get_by_label("Your message to us").fill("The mugs are out of print.\nSorry!")
    reader.see("filled")
    page.get_by_role("button", name="Confirm order").dblclick()
    page.get_by_role("heading", name="What you told us").wait_for()
    text = reader.see("confirmed")
    assert "Confirmed" in text and "AB-2207" in text and "Cannot deliver: NW-MUG" in text
    page.reload()
    order = PurchaseOrder.objects.get(pk=scene.waits.pk)
    assert order.expected_on is not None and order.expected_on.isoformat() == day
    reader.context.close()


@pytest.mark.parametrize(("language", "scheme"), [("de", "light"), ("pl", "dark"), ("en", "dark")])
def test_languages(chromium: Any, scene: Scene, size: str, language: str, scheme: str) -> None:
    """Every language, on a dark ground too."""
    reader = Reader(chromium, f"supplier-{language}-{scheme}", size, color_scheme=scheme)
    reader.page.goto(scene.url(scene.waits) + f"?language={language}")
    reader.see("order")
    assert reader.page.locator("html").get_attribute("lang") == language
    reader.page.locator("form button").click()
    assert reader.page.locator("html").get_attribute("lang") == language
    reader.see("error")
    reader.context.close()


def test_too_late(chromium: Any, scene: Scene, size: str) -> None:
    """Changed, cancelled, expired, unknown: a page that says so."""
    reader = Reader(chromium, "supplier-late", size)
    page = reader.page
    page.goto(scene.url(scene.changed, 1))
    assert "24 at" in reader.see("changed")
    page.get_by_role("link", name="See the new revision").click()
    assert "Replaces revision 1" in reader.see("new-revision")
    for name, url, said in (
        ("canceled", scene.url(scene.canceled), "cancelled"),
        ("expired", scene.url(scene.waits, days=-1), "expired"),
        ("gone", scene.address + "/plugins/saleor_plugins.restock/orders/x/", "no such page"),
    ):
        page.goto(url)
        assert said in reader.see(name)
    reader.context.close()
