"""A language's words: templates by kind, rows, plurals by CLDR's categories."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Words:
    """A language's words.

    `templates` are (subject, text) by kind; `rows` name what a sum is made of; `units`, `days` and `minutes`
    are forms by plural category, `minutes` as the object of "for"; `stop` names the link that ends mails.
    """

    templates: Mapping[str, tuple[str, str]]
    units: Mapping[str, str]
    days: Mapping[str, str]
    sender: str
    imprint: str
    terms: str
    rows: Mapping[str, str] = field(default_factory=dict)
    minutes: Mapping[str, str] = field(default_factory=dict)
    everything: str = ""
    stop: str = ""


def expanded(
    templates: Mapping[str, tuple[str, str]], parts: Mapping[str, str]
) -> dict[str, tuple[str, str]]:
    """The templates with ``<name>`` replaced by the part of that name."""

    def whole(text: str) -> str:
        for name, part in parts.items():
            text = text.replace(f"<{name}>", part)
        return text

    return {kind: (subject, whole(text)) for kind, (subject, text) in templates.items()}
