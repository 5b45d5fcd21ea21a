"""Coming in by a code, and withdrawing from a contract, in a real Chromium."""

from __future__ import annotations

from typing import Any

import pytest

from saleor_plugins.returns.models import Return, WithdrawalStatement
from tests.integration.returns.doors import code_in, work

from .scene import PORTAL, Scene
from .test_portal import SIZES, Shopper

EMAIL = "ada@example.com"


@pytest.mark.parametrize("size", list(SIZES))
@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_in_by_a_code_and_out_again(chromium: Any, scene: Scene, size: str, script: bool) -> None:
    shopper = Shopper(chromium, "door" if script else "door-plain", size, script=script)
    page = shopper.page
    page.goto(scene.address + PORTAL)
    assert "Find your order" in shopper.see("start")
    shopper.click("Send me a code")
    assert page.title().startswith("Error: ")
    shopper.see("start-error")
    page.get_by_label("Order number").fill(f"#{scene.order.number}")
    page.get_by_label("E-mail address").fill(EMAIL)
    shopper.click("Send me a code")
    assert "15 minutes" in shopper.see("code")
    work()
    page.get_by_label("Code").fill("2222-2222")
    shopper.go_on()
    assert "does not fit" in shopper.see("code-error")
    page.get_by_label("Code").fill(code_in(scene).lower())
    shopper.go_on()
    assert "Alpine Rain Jacket" in shopper.see("in")
    shopper.click("Sign out")
    assert "Find your order" in page.inner_text("main")
    shopper.close()


@pytest.mark.parametrize("language", ["en", "de", "pl"])
@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_the_laws_two_steps(chromium: Any, scene: Scene, language: str, script: bool) -> None:
    words = {
        "en": ("Withdraw from contract here", "Continue", "Confirm withdrawal", "received"),
        "de": ("Vertrag widerrufen", "Weiter", "Widerruf bestätigen", "eingegangen"),
        "pl": ("Odstąp od umowy tutaj", "Dalej", "Potwierdź odstąpienie od umowy", "Otrzymaliśmy"),
    }[language]
    look = {"locale": language, "color_scheme": "dark" if language == "de" else "light"}
    size = "desktop" if language == "pl" else "phone"
    shopper = Shopper(chromium, f"withdraw-{language}", size, script=script, **look)
    page = shopper.page
    page.goto(scene.address + PORTAL)
    page.locator("main").get_by_role("link", name=words[0], exact=True).click()
    shopper.see("form")
    shopper.click(words[1])
    shopper.see("form-error")
    for field, value in (("name", "Ada Example"), ("orderNumber", scene.order.number), ("email", EMAIL)):
        page.locator(f"#{field}").fill(value)
    page.locator("#which-some").check()
    page.locator("#goods-words").fill("The jacket\nand the socks")
    shopper.click(words[1])
    assert "Ada Example" in shopper.see("check")
    assert not WithdrawalStatement.objects.exists()
    page.get_by_role("button", name=words[2], exact=True).dblclick()
    page.wait_for_url("**/withdraw/*/")
    assert words[3] in shopper.see("receipt")
    row = WithdrawalStatement.objects.get()
    assert (row.language, row.goods) == (language, "The jacket\nand the socks")
    shopper.close()


def test_who_is_signed_in_chooses_units(chromium: Any, scene: Scene) -> None:
    shopper = Shopper(chromium, "withdraw-in", "phone")
    page = shopper.page
    page.goto(scene.door)
    page.get_by_role("link", name="Withdraw from contract here").click()
    page.get_by_label("Your name").fill("Ada Example")
    page.get_by_label("Your e-mail address").fill(EMAIL)
    page.get_by_label("Some of the goods").check()
    page.get_by_label("Merino Hiking Socks").select_option("2")
    shopper.see("form")
    shopper.go_on()
    assert "2 × Merino Hiking Socks" in shopper.see("check")
    shopper.click("Change")
    assert page.get_by_label("Merino Hiking Socks").input_value() == "2"
    assert page.get_by_label("Your name").input_value() == "Ada Example"
    shopper.go_on()
    shopper.click("Confirm withdrawal")
    shopper.see("receipt")
    row = WithdrawalStatement.objects.get()
    assert (row.order_id, list(row.lines.values())) == (scene.order.id, [2])
    assert not Return.objects.exists()
    shopper.close()


def test_a_link_that_does_not_work(chromium: Any, scene: Scene) -> None:
    shopper = Shopper(chromium, "gone", "phone")
    shopper.page.goto(scene.door[:-3] + "xx/")
    assert "This link does not work" in shopper.see("gone")
    shopper.page.get_by_role("link", name="Find your order").click()
    assert shopper.page.get_by_label("Order number").count() == 1
    shopper.close()
