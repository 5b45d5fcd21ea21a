"""What a merchant may set for the portal, and what pages and mails make of it."""

from __future__ import annotations

from typing import Any

import pytest

from saleor_plugins.kernel.errors import Invalids
from saleor_plugins.platform.settings import parse_settings
from saleor_plugins.returns.settings.portal import SETTINGS
from saleor_plugins.returns.usecases.branding import branding

from .doors import PORTAL
from .rooms import Room


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("portal_colour", "#777777", "4.47:1"),
        ("portal_header_colour", "#ff0000", "3.99:1"),
        ("portal_colour", "red", "#1f4f8f"),
        ("portal_colour", "#1f4f8f;}", "#1f4f8f"),
        ("portal_logo", "http://shop.example/logo.png", "https://"),
        ("portal_logo", "https://shop.example/a.png; script-src *", "https://"),
        ("portal_logo", "https://eve@shop.example/a.png", "https://"),
        ("portal_terms", "javascript:alert(1)", "https://"),
        ("portal_imprint", "https://[", "https://"),
        ("portal_support", "not an address", "mail address"),
        ("portal_support", "a@b.example, c@d.example", "mail address"),
        ("portal_name", "x" * 101, "100"),
        ("portal_text", "x" * 1001, "1000"),
        ("portal_language", "fr", "en, de, pl"),
        ("portal_link_days", "0", "from 1 to 365"),
        ("portal_on", "perhaps", "true or false"),
    ],
)
def test_what_is_wrong_is_refused_by_its_name(name: str, value: str, says: str) -> None:
    with pytest.raises(Invalids) as found:
        parse_settings(SETTINGS, {name: value})
    (error,) = found.value.errors
    assert error.field == name
    assert says in error.message


def test_what_a_shop_looks_like(room: Room) -> None:
    room.configure(
        portal_name="Example Shop",
        portal_logo="https://cdn.example:8443/logo.png",
        portal_colour="#0B6B3A",
        portal_support="help@shop.example",
        portal_language="pl",
    )
    brand = branding()
    assert (brand["name"], brand["colour"], brand["support"]) == (
        "Example Shop",
        "#0b6b3a",
        "help@shop.example",
    )
    assert brand["logo_origin"] == "https://cdn.example:8443"
    assert (brand["language"], brand["withdraw"]) == ("pl", "Odstąp od umowy tutaj")
    assert branding("de")["withdraw"] == "Vertrag widerrufen"


def test_without_settings_it_is_the_site(room: Room, django_assert_num_queries: Any) -> None:
    branding()  # Django reads the site once for each process
    with django_assert_num_queries(2):
        brand = branding()
    assert brand["name"] == room.data.shop.site().name
    assert (brand["logo"], brand["logo_origin"], brand["language"], brand["on"]) == ("", "", "en", True)


def test_a_shop_without_the_function(room: Room) -> None:
    room.configure(portal_withdrawal=False)
    assert branding()["withdraw"] == ""


@pytest.mark.parametrize(
    ("asked", "spoken"), [("fr, it;q=0.5", "pl"), ("", "pl"), ("*", "pl"), ("fr, de;q=0.2", "de")]
)
def test_a_browser_that_asks_for_no_language_of_ours(
    client: Any, room: Room, asked: str, spoken: str
) -> None:
    room.configure(portal_language="pl")
    page = client.get(PORTAL, HTTP_ACCEPT_LANGUAGE=asked)
    assert f'<html lang="{spoken}">' in page.content.decode()
