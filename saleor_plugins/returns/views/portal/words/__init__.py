"""The portal's words, one file a language; numbers choose their form as CLDR says."""

from __future__ import annotations

from babel import Locale

from . import de, en, pl

_WORDS = {"en": en.WORDS, "de": de.WORDS, "pl": pl.WORDS}


def words(language: str) -> dict[str, str]:
    """All of them in one of `http.languages.LANGUAGES`."""
    return _WORDS[language]


def counted(language: str, key: str, number: int) -> str:
    """The words of `key` for this many: ``key_one``, ``key_few``, ``key_many`` or ``key_other``."""
    form = Locale(language).plural_form(number)
    return words(language)[f"{key}_{form}"].format(number=number)
