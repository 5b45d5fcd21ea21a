"""Our words in each language."""

from __future__ import annotations

from ....mails.words import Words


def words(language: str) -> Words:
    """The words of one of `http.languages.LANGUAGES`."""
    from . import de, en, pl

    return {"en": en.WORDS, "de": de.WORDS, "pl": pl.WORDS}[language]
