"""The merchant's own words for a room's mails: listed, set, put back."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from saleor_plugins.http.languages import LANGUAGES
from saleor_plugins.http.texts import clean
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Invalid

from . import template
from .kinds import Kind
from .office import Office
from .render import Source


@dataclass(frozen=True)
class Shown:
    """A kind of mail in a language; `changed` is None while the words are ours."""

    kind: Kind
    language: str
    subject: str
    text: str
    changed: datetime | None
    sent: bool


def templates(
    office: Office, wanted: Collection[str], kind: str | None = None, language: str | None = None
) -> Iterator[Shown]:
    """All kinds in all languages, or those asked for, in one query; `wanted` are sent.

    Raises Invalid (``language``).
    """
    if language is not None:
        check_language(language)
    rows = {(row.kind, row.language): row for row in office.templates.objects.all()}
    for each in office.kinds.values() if kind is None else [office.kinds[kind]]:
        for code in LANGUAGES if language is None else [language]:
            row = rows.get((each.name, code))
            subject, text = (row.subject, row.text) if row else office.ours(each, code)
            yield Shown(each, code, subject, text, row.changed if row else None, each.name in wanted)


def set_template(office: Office, kind: str, language: str, subject: str, text: str) -> None:
    """Store the words; the same words again change nothing.

    Raises Invalid (``language``), Invalids (``subject``, ``text``): too long, a mistake in the template, an
    unknown variable, or nothing said of what must be.
    """
    check_language(language)
    subject, text = checked(office.kinds[kind], subject, text)
    if office.source_of(office.kinds[kind], language) != (subject, text):
        words = {"subject": subject, "text": text, "changed": clock.now()}
        office.templates.objects.update_or_create(kind=kind, language=language, defaults=words)


def reset_template(office: Office, kind: str, language: str) -> None:
    """Back to our words. Raises Invalid (``language``)."""
    check_language(language)
    office.templates.objects.filter(kind=kind, language=language).delete()


def tried(office: Office, kind: str, language: str, subject: str = "", text: str = "") -> Source:
    """The words of a preview: those given, else those in use. Raises as `set_template`."""
    check_language(language)
    used = office.source_of(office.kinds[kind], language)
    return checked(office.kinds[kind], subject or used[0], text or used[1])


def samples(kind: Kind) -> dict[str, object]:
    """The sample values of what a mail of the kind is given."""
    return {each.name: each.sample for each in kind.variables if each.name not in ("shop", "support")}


def check_language(language: str) -> None:
    """Raises Invalid (``language``)."""
    if language not in LANGUAGES:
        raise Invalid(f"Must be one of: {', '.join(LANGUAGES)}.", field="language")


def checked(kind: Kind, subject: str, text: str) -> Source:
    """The words without what nobody sees. Raises Invalids (``subject``, ``text``)."""
    # Longer than any template may be, so that its own check says how long that is.
    words = (clean(subject, field="subject", most=10**5), clean(text, field="text", most=10**5))
    template.check(kind, *words)
    return words
