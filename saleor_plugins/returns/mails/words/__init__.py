"""Our words in each language: templates by kind, rows, plurals by CLDR's categories."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """A language's words.

    `templates` are (subject, text) by kind; `rows` name what a refund is made of and how it is given;
    `units`, `days` and `minutes` are forms by plural category, `minutes` as the object of "for".
    """

    templates: Mapping[str, tuple[str, str]]
    rows: Mapping[str, str]
    units: Mapping[str, str]
    days: Mapping[str, str]
    minutes: Mapping[str, str]
    everything: str
    sender: str
    imprint: str
    terms: str


def expanded(
    templates: Mapping[str, tuple[str, str]], parts: Mapping[str, str]
) -> dict[str, tuple[str, str]]:
    """The templates with ``<name>`` replaced by the part of that name."""

    def whole(text: str) -> str:
        for name, part in parts.items():
            text = text.replace(f"<{name}>", part)
        return text

    return {kind: (subject, whole(text)) for kind, (subject, text) in templates.items()}


def words(language: str) -> Words:
    """The words of one of `http.languages.LANGUAGES`."""
    from . import de, en, pl

    return {"en": en.WORDS, "de": de.WORDS, "pl": pl.WORDS}[language]
