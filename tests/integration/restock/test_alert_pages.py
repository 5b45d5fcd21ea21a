"""The form and the pages behind the links of mails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.cache import cache

from saleor_plugins.http.languages import LANGUAGES
from saleor_plugins.kernel import clock
from saleor_plugins.restock.models import StockAlert
from saleor_plugins.restock.views.alert_links import confirm_url, stop_url
from saleor_plugins.restock.views.alerts import PER_MINUTE
from saleor_plugins.restock.views.alerts.words import WORDS

from .alert_doors import ALERTS, EMAIL, page_of, wait_for, work


@pytest.fixture(autouse=True)
def _nobody_was_here(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def shirt(room: Any) -> Any:
    return room.data.make_variant(stock={room.house: 0})


def path(url: str) -> str:
    return url[url.index("/plugins/") :]


def test_all_languages_have_the_same_words() -> None:
    assert {frozenset(said) for said in WORDS.values()} == {frozenset(WORDS["en"])}
    assert set(WORDS) == set(LANGUAGES)


def test_the_form(room: Any, client: Any, shirt: Any) -> None:
    room.configure(shop_name="Example <Shop>", shop_terms="https://shop.example/terms")
    response = client.get(page_of(shirt, "?language=de"))
    text = response.content.decode()
    assert response.status_code == 200
    assert f"{shirt.product_name} ({shirt.name})" in text
    assert '<html lang="de">' in text
    assert "Example &lt;Shop&gt;" in text
    assert "https://shop.example/terms" in text
    assert "<script" not in text
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response["Cache-Control"] == "no-store"


def test_asking_goes_on_to_a_page_that_can_be_reloaded(room: Any, client: Any, shirt: Any) -> None:
    asked = client.post(page_of(shirt, "?language=pl"), {"email": EMAIL})
    assert (asked.status_code, asked["Location"]) == (303, "confirm/?language=pl")
    page = client.get(page_of(shirt, "confirm/?language=pl"))
    assert WORDS["pl"]["CONFIRM_title"] in page.content.decode()
    assert EMAIL not in page.content.decode()
    row = StockAlert.objects.get()
    assert (row.language, row.state) == ("pl", "PENDING")
    work()
    assert room.data.mails()[0][1].startswith("Prosimy o potwierdzenie")


@pytest.mark.parametrize(("given", "words"), [("", "required_email"), ("nobody", "invalid_email")])
def test_what_is_wrong_is_said_beside_the_field(
    room: Any, client: Any, shirt: Any, given: str, words: str
) -> None:
    response = client.post(page_of(shirt), {"email": given})
    text = response.content.decode()
    assert response.status_code == 422
    assert WORDS["en"][words] in text
    assert 'aria-invalid="true"' in text
    assert f'value="{given}"' in text
    assert not StockAlert.objects.exists()


def test_what_nobody_sees_looks_like_what_is_not_there(room: Any, client: Any, shirt: Any) -> None:
    room.data.hide(shirt)
    for variant in (shirt.id, "nothing", "UHJvZHVjdFZhcmlhbnQ6MjAwMDAwMDAwMA=="):
        form = client.get(f"{ALERTS}{variant}/")
        assert form.status_code == 200
        assert shirt.product_name not in form.content.decode()
        asked = client.post(f"{ALERTS}{variant}/", {"email": EMAIL})
        assert (asked.status_code, asked["Location"]) == (303, "confirm/?")
    assert not StockAlert.objects.exists()


def test_there_already(room: Any, client: Any) -> None:
    room.configure(alerts_link="https://shop.example/{slug}")
    there = room.data.make_variant(stock={room.house: 3})
    asked = client.post(page_of(there), {"email": EMAIL})
    assert asked["Location"] == "available/?"
    text = client.get(page_of(there, "available/")).content.decode()
    assert 'href="https://shop.example/' in text


def test_opening_a_link_is_not_yet_a_yes_or_a_no(room: Any, client: Any, shirt: Any) -> None:
    client.post(page_of(shirt), {"email": EMAIL})
    alert = StockAlert.objects.get()
    confirm, stop = path(confirm_url(alert.pk)), path(stop_url(alert.digest))
    assert WORDS["en"]["confirm_button"] in client.get(confirm).content.decode()
    assert WORDS["en"]["stop_button"] in client.get(stop).content.decode()
    assert StockAlert.objects.get().state == "PENDING"
    assert WORDS["en"]["confirmed_title"] in client.post(confirm).content.decode()
    assert WORDS["en"]["confirmed_title"] in client.get(confirm).content.decode()
    assert WORDS["en"]["stopped_title"] in client.post(stop).content.decode()
    assert StockAlert.objects.get().state == "UNSUBSCRIBED"
    assert client.get(confirm).status_code == 410
    assert WORDS["en"]["stopped_title"] in client.post(stop).content.decode()


def test_links_of_others_are_none(room: Any, client: Any, shirt: Any) -> None:
    alert = wait_for(shirt, EMAIL)
    confirm, stop = path(confirm_url(alert.pk)), path(stop_url(alert.digest))
    swapped = (confirm.replace("confirm/", "stop/"), stop.replace("stop/", "confirm/"))
    cut = (confirm[:-3] + "/", stop[:-3] + "/", f"{ALERTS}confirm/", f"{ALERTS}stop/x/")
    for link in (*swapped, *cut):
        assert client.get(link).status_code == 410
        assert client.post(link).status_code == 410
    assert StockAlert.objects.get().state == "WAITING"


def test_switched_off_links_still_end_it(room: Any, client: Any, shirt: Any) -> None:
    alert = wait_for(shirt, EMAIL)
    room.configure(alerts_on=False)
    assert client.get(page_of(shirt)).status_code == 404
    assert client.post(page_of(shirt), {"email": EMAIL}).status_code == 404
    assert client.post(path(stop_url(alert.digest))).status_code == 200
    assert StockAlert.objects.get().state == "UNSUBSCRIBED"


def test_too_many_questions(room: Any, client: Any, shirt: Any) -> None:
    with time_machine.travel(clock.now().replace(second=30), tick=False):
        codes = [
            client.post(page_of(shirt), {"email": f"p{index}@example.com"}).status_code
            for index in range(PER_MINUTE + 2)
        ]
        assert client.get(page_of(shirt)).status_code == 200
    assert codes == [303] * PER_MINUTE + [429] * 2
    assert StockAlert.objects.count() == PER_MINUTE


@pytest.mark.parametrize("rest", ["", "x/y/", "x/confirm/more/"])
def test_what_there_is_not(room: Any, client: Any, rest: str) -> None:
    assert client.get(ALERTS + rest).status_code == 404
    assert client.delete(ALERTS + rest).status_code == 405
