"""What a room gives to have its mails written and sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from saleor_plugins.http.languages import LANGUAGES
from saleor_plugins.platform import shop

from .kinds import Kind
from .render import Source, Written, write
from .words import Words


@dataclass(frozen=True)
class Office:
    """A room's kinds and words, its two tables, and how the shop looks to whom it writes.

    `sent` is a model with kind, cause (unique together), language, digest, created, sent; `templates` one
    with kind, language (unique together), subject, text, changed. `branding` is `http.brand.brand` for a
    language ("" for the merchant's). `salt` keys the digests of what was sent.
    """

    kinds: Mapping[str, Kind]
    words: Callable[[str], Words]
    sent: Any
    templates: Any
    branding: Callable[[str], Mapping[str, Any]]
    salt: str

    def ours(self, kind: Kind, language: str) -> Source:
        """Our own subject and text of a kind."""
        return self.words(language).templates[kind.name]

    def source_of(self, kind: Kind, language: str) -> Source:
        """Subject and text: the merchant's, else ours."""
        rows = self.templates.objects.filter(kind=kind.name, language=language)
        return rows.values_list("subject", "text").first() or self.ours(kind, language)

    def compose(
        self,
        kind: Kind,
        language: str,
        given: Mapping[str, Any],
        *,
        country: str = "",
        source: Source | None = None,
        stop: str = "",
    ) -> tuple[Written, str]:
        """The mail and its language, by `source`, the merchant's template or ours.

        An unknown `language` is the merchant's. Amounts are written as people do in `country`. Raises
        as `render.write`.
        """
        brand = self.branding(language if language in LANGUAGES else "")
        language = brand["language"]
        source = source or self.source_of(kind, language)
        said = self.words(language)
        zone = shop().time_zone()
        return write(kind, source, given, brand, said, zone=zone, country=country, stop=stop), language
