"""When shoppers who wait are told: flapping, rounds, and what the mails say in each language."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from saleor_plugins.http.languages import LANGUAGES
from saleor_plugins.kernel.errors import Invalid
from saleor_plugins.mails import template
from saleor_plugins.mails.own_words import samples
from saleor_plugins.mails.render import write
from saleor_plugins.restock.domain.alerts import MOST, Patience, Seen, Step, look, round_size
from saleor_plugins.restock.mails.kinds import KINDS
from saleor_plugins.restock.mails.words import words
from saleor_plugins.restock.settings import alerts

NOW = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
CALM = Patience(timedelta(minutes=15), timedelta(hours=24), Decimal(2))
BRAND = {
    "name": "Example Shop", "support": "", "logo": "", "colour": "#1f4f8f", "header_colour": "#1f2933",
    "imprint": "", "terms": "",
}  # fmt: skip


def steps(frees: list[int], minutes: int = 5, patience: Patience = CALM) -> list[str]:
    """What follows from looks that are `minutes` apart."""
    seen, found = Seen(), []
    for index, free in enumerate(frees):
        seen, step = look(seen, free, NOW + timedelta(minutes=minutes * index), patience)
        found.append(step.value)
    return found


def test_stock_must_stay_before_anybody_is_told() -> None:
    assert steps([0, 3, 3, 3, 3, 3]) == ["NONE", "NONE", "NONE", "NONE", "BACK", "NONE"]


def test_what_flaps_tells_nobody() -> None:
    assert set(steps([1, 1, 0] * 200)) == {"NONE"}


def test_each_come_back_is_told_once() -> None:
    assert steps([2, 2, 2, 2, 0, 0, 2, 2, 2, 2, 2]).count("BACK") == 2


def test_the_next_round_waits_for_its_hours() -> None:
    found = steps([5] * 60, minutes=60)
    assert [index for index, step in enumerate(found) if step == "MORE"] == [25, 49]
    assert found.count("BACK") == 1


def test_without_patience_at_once() -> None:
    assert steps([0, 1], patience=Patience(timedelta(0), timedelta(hours=1)))[-1] == "BACK"


def test_a_clock_that_is_set_back_tells_nobody_twice() -> None:
    seen, step = look(Seen(NOW - timedelta(hours=1)), 4, NOW, CALM)
    assert step is Step.BACK
    _, again = look(seen, 4, NOW - timedelta(minutes=30), CALM)
    assert again is Step.NONE


@pytest.mark.parametrize("seed", range(20))
def test_no_come_back_is_told_before_its_time(seed: int) -> None:
    """However stock moves: whenever somebody is told, every look of the last quarter of an hour found some."""
    chance = random.Random(seed)
    frees = [chance.choice((0, 0, 1, 4)) if chance.random() < 0.3 else 4 for _ in range(500)]
    for index, step in enumerate(steps(frees)):
        if step != "NONE":
            assert all(frees[max(0, index - 3) : index + 1])


@pytest.mark.parametrize(
    ("free", "each", "expected"),
    [(0, "2", 0), (-3, "2", 0), (1, "1", 1), (3, "1.5", 5), (10**6, "100", MOST)],
)
def test_how_many_are_told(free: int, each: str, expected: int) -> None:
    assert round_size(free, Patience(timedelta(0), timedelta(0), Decimal(each))) == expected


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_our_words_pass_our_own_check_and_say_everything(kind: str, language: str) -> None:
    source = words(language).templates[kind]
    template.check(KINDS[kind], *source)
    given = samples(KINDS[kind])
    mail = write(
        KINDS[kind],
        source,
        given,
        {**BRAND, "language": language},
        words(language),
        zone="Europe/Berlin",
        stop="https://shop.example/stop/",
    )
    assert str(given["product"]) in mail.subject
    for name in ("product", "confirm", "page"):
        if name in given:
            assert str(given[name]) in mail.text
            assert str(given[name]) in mail.html
    assert mail.text.rstrip().endswith(": https://shop.example/stop/")
    assert 'href="https://shop.example/stop/"' in mail.html
    assert "{" not in mail.text
    assert mail.html.count("<script") == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_the_main_link_is_a_button(language: str) -> None:
    source = words(language).templates["back_in_stock"]
    kind = KINDS["back_in_stock"]
    mail = write(kind, source, samples(kind), {**BRAND, "language": language}, words(language), zone="UTC")
    assert mail.html.count('class="button"') == 1


@pytest.mark.parametrize(
    ("link", "says"),
    [
        ("http://shop.example/{slug}", "https://"),
        ("https://shop.example/{secret}", "secret"),
        ("https://shop.example/{slug.__class__}", "Unknown"),
        ("https://shop.example/{}", "Unknown"),
        ("https://shop.example/{slug", "braces"),
        ("javascript:alert(1)", "https://"),
        ('https://shop.example/"onclick=', "https://"),
    ],
)
def test_a_product_page_that_is_refused(link: str, says: str) -> None:
    parse = next(row for row in alerts.SETTINGS if row.name == "alerts_link").parse
    assert parse("https://shop.example/{slug}/?variant={variant}")
    with pytest.raises(Invalid, match=says):
        parse(link)
