"""The whole way of a return in a real Chromium: phone and desktop, with JavaScript and without."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from .scene import KEEP, PORTAL, Scene, picture

SIZES = {"phone": (390, 844), "desktop": (1280, 900)}


class Shopper:
    """A browser, and what has to be true of every page that it sees."""

    def __init__(self, chromium: Any, name: str, size: str, *, script: bool = True, **options: Any):
        width, height = SIZES[size]
        # axe is put into the page, which the portal's own policy would not let in.
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
            path = f"{KEEP}/{self.name}-{self.count:02d}-{what}.png"
            self.page.screenshot(path=path, full_page=True)
        if self.script:
            found = Axe().run(self.page)
            assert found.violations_count == 0, found.generate_report()
            assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), what
            assert self.page.locator("script").count() == 0
        assert self.page.locator("h1").count() == 1, what
        return str(self.page.inner_text("main"))

    def click(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def go_on(self) -> None:
        self.click("Continue")

    def close(self) -> None:
        self.context.close()


@pytest.mark.parametrize("size", list(SIZES))
@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_the_whole_way(chromium: Any, scene: Scene, size: str, script: bool) -> None:
    shopper = Shopper(chromium, "way" if script else "plain", size, script=script)
    page = shopper.page
    page.goto(scene.door)
    text = shopper.see("items")
    assert "Pocket Knife" in text and "Final sale" in text and "Not sent to you yet" in text
    shopper.go_on()
    assert page.title().startswith("Error: ")
    shopper.see("items-error")
    page.get_by_label("Alpine Rain Jacket").check()
    page.get_by_label("Merino Hiking Socks").first.check()
    page.get_by_label("How many of them?").select_option("2")
    shopper.see("items-chosen")
    shopper.go_on()
    # Lines of an order come in any order on 3.x.
    for number in (1, 2):
        text = shopper.see(f"reason-{number}")
        assert f"Item {number} of 2" in text
        (the_jacket if "Alpine Rain Jacket" in text else the_socks)(shopper)
    assert "How would you like to send it back?" in shopper.see("method")
    page.get_by_label("Bring it to a drop-off point").check()
    shopper.go_on()
    text = shopper.see("check")
    assert "Forest green / L" in text and "2 pieces" in text and "1 photo" in text
    page.get_by_role("button", name="Request this return").dblclick()
    page.wait_for_url("**/done/")
    assert "Your return is requested" in shopper.see("done")
    page.get_by_role("link", name="Follow your return").click()
    assert "Waiting for approval" in shopper.see("return")
    page.get_by_label("Write to the shop").fill("When will you decide?\nI am away from Friday.")
    shopper.click("Send message")
    assert "I am away from Friday." in shopper.see("message")
    page.get_by_role("link", name="Cancel this return").click()
    shopper.see("cancel")
    shopper.click("Yes, cancel it")
    assert "This return was cancelled" in shopper.see("cancelled")
    assert one_return(scene)
    shopper.close()


def the_jacket(shopper: Shopper) -> None:
    """It is damaged, and a larger one is wanted."""
    page = shopper.page
    shopper.go_on()
    assert page.title().startswith("Error: ")
    page.get_by_label("It arrived damaged").check()
    shopper.go_on()
    assert "Tell us what exactly is wrong" in shopper.see("reason-error")
    page.get_by_label("Is there anything we should know?").fill("The left seam is torn.")
    shopper.go_on()
    assert "We need at least 1 photo." in shopper.see("photos")
    shopper.go_on()
    assert "Add at least 1 photo" in shopper.see("photos-error")
    page.get_by_label("Choose photos").set_input_files([picture()])
    shopper.click("Upload")
    page.locator("img[alt='Photo 1']").wait_for()
    if shopper.script:
        page.wait_for_function("document.images[0].naturalWidth > 100")
    shopper.see("photos-there")
    shopper.go_on()
    shopper.see("outcome")
    page.get_by_label("An exchange").check()
    shopper.go_on()
    assert "Forest green / L" in shopper.see("exchange")
    page.get_by_label("Forest green / L").check()
    shopper.go_on()


def the_socks(shopper: Shopper) -> None:
    """They are too small, and a refund is wanted."""
    page = shopper.page
    page.get_by_label("It is too small").check()
    shopper.go_on()
    page.get_by_label("A refund").check()
    shopper.go_on()


def one_return(scene: Scene) -> bool:
    from saleor_plugins.returns.models import Return

    return Return.objects.filter(order=scene.order.id).count() == 1


@pytest.mark.parametrize("language", ["en", "de", "pl"])
def test_every_state_in_every_language(chromium: Any, scene: Scene, language: str) -> None:
    scheme = "dark" if language == "de" else "light"
    size = "desktop" if language == "de" else "phone"
    shopper = Shopper(chromium, language, size, locale=language, color_scheme=scheme)
    shopper.page.goto(scene.door)
    for state, path in scene.states():
        shopper.page.goto(scene.address + PORTAL + path)
        shopper.see(state)
        assert shopper.page.evaluate("document.documentElement.lang") == language
    shopper.close()


def test_with_the_keyboard_alone(chromium: Any, scene: Scene) -> None:
    shopper = Shopper(chromium, "keys", "desktop")
    page, keys = shopper.page, shopper.page.keyboard
    page.goto(scene.door)

    def reach(name: str) -> None:
        """Tab until the control with this name has the focus, which shows."""
        for _ in range(40):
            keys.press("Tab")
            found = page.evaluate(FOCUSED)
            assert found["outlined"], found
            if name in found["name"]:
                return
        raise AssertionError(name)

    keys.press("Tab")
    assert "Skip to the content" in page.evaluate(FOCUSED)["name"]
    keys.press("Enter")
    reach("Merino Hiking Socks")
    keys.press("Space")
    reach("Continue")
    keys.press("Enter")
    page.wait_for_url("**/reason/1/")
    reach("I changed my mind")
    keys.press("ArrowDown")
    reach("Continue")
    keys.press("Enter")
    page.wait_for_url("**/outcome/1/")
    reach("A refund")
    keys.press("Space")
    reach("Continue")
    keys.press("Enter")
    page.wait_for_url("**/method/")
    reach("Bring it to a drop-off point")
    keys.press("ArrowDown")
    reach("Continue")
    keys.press("Enter")
    page.wait_for_url("**/check/")
    reach("Request this return")
    keys.press("Enter")
    page.wait_for_url("**/done/")
    assert one_return(scene)
    shopper.close()


def test_what_is_wrong_has_the_focus_and_leads_to_its_field(chromium: Any, scene: Scene) -> None:
    shopper = Shopper(chromium, "focus", "phone")
    page = shopper.page
    page.goto(scene.door)
    shopper.go_on()
    assert page.evaluate("document.activeElement.className") == "errors"
    page.get_by_role("link", name="Choose at least one item").click()
    assert page.evaluate("document.activeElement.id") == "item-1"
    shopper.close()


# What has the focus, what it is called, and whether that can be seen: of a tile, its frame.
FOCUSED = """() => {
  const el = document.activeElement, label = el.closest('label');
  const shown = [el, el.closest('.tile')].filter(Boolean).some(e => getComputedStyle(e).outlineStyle !== 'none');
  return { name: (label || el).innerText || '', outlined: shown };
}"""
