"""The portal says the same in every language, with the right form of each number."""

from __future__ import annotations

import re

import pytest
from babel import Locale

from saleor_plugins.http.languages import LANGUAGES
from saleor_plugins.returns.views.portal.words import counted, words

FORMS = re.compile(r"_(one|few|many|other)$")


def keys(language: str) -> set[str]:
    return {FORMS.sub("", key) for key in words(language)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_missing_in_any_language(language: str) -> None:
    assert keys(language) == keys("en")
    counts = {FORMS.sub("", key) for key in words("en") if FORMS.search(key)}
    for key in counts:
        for form in Locale(language).plural_form.tags | {"other"}:
            assert f"{key}_{form}" in words(language), f"{key}_{form}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_fills_in_the_same(language: str) -> None:
    english = {FORMS.sub("", key): text for key, text in words("en").items()}
    for key, text in words(language).items():
        wanted = set(re.findall(r"{(\w+)}", english[FORMS.sub("", key)]))
        assert set(re.findall(r"{(\w+)}", text)) == wanted, key


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", {1: "1 piece", 2: "2 pieces", 0: "0 pieces"}),
        ("de", {1: "1 Stück", 5: "5 Stück"}),
        (
            "pl",
            {1: "1 sztuka", 2: "2 sztuki", 5: "5 sztuk", 12: "12 sztuk", 22: "22 sztuki", 112: "112 sztuk"},
        ),
    ],
)
def test_numbers_choose_their_words(language: str, said: dict[int, str]) -> None:
    assert {number: counted(language, "units", number) for number in said} == said
