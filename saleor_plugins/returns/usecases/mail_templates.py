"""The merchant's own words for mails: listed, set, put back, tried."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from saleor_plugins.http.languages import LANGUAGES
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Invalid
from saleor_plugins.platform import shop

from .. import store
from ..mails import template
from ..mails.kinds import KINDS, Kind
from ..mails.render import Written, ours
from ..models import LedgerEntry, MailTemplate, Return
from ..texts import clean
from . import mail_facts
from .mail_return import about, wanted
from .send_mail import compose, source_of

# The step of a return after which a mail of the kind goes out, and what the mail takes from it.
_STEPS = {
    "approved": ("approve", mail_facts.approved),
    "declined": ("decline", mail_facts.declined),
    "received": ("receive", mail_facts.received),
    "kept": ("keep", mail_facts.kept),
    "refunded": ("refunded", mail_facts.refunded),
    "store_credit": ("refunded", mail_facts.refunded),
}


@dataclass(frozen=True)
class Shown:
    """A kind of mail in a language; `changed` is None while the words are ours."""

    kind: Kind
    language: str
    subject: str
    text: str
    changed: datetime | None
    sent: bool


def templates(kind: str | None = None, language: str | None = None) -> Iterator[Shown]:
    """All kinds in all languages, or those asked for, in two queries. Raises Invalid (``language``)."""
    if language is not None:
        check_language(language)
    rows = {(row.kind, row.language): row for row in MailTemplate.objects.all()}
    sent = wanted()
    for each in KINDS.values() if kind is None else [KINDS[kind]]:
        for code in LANGUAGES if language is None else [language]:
            row = rows.get((each.name, code))
            subject, text = (row.subject, row.text) if row else ours(each, code)
            yield Shown(each, code, subject, text, row.changed if row else None, each.name in sent)


def set_template(kind: str, language: str, subject: str, text: str) -> Shown:
    """Store the words; the same words again change nothing.

    Raises Invalid (``language``), Invalids (``subject``, ``text``): too long, a mistake in the template, an
    unknown variable, or nothing said of what must be.
    """
    check_language(language)
    subject, text = _checked(KINDS[kind], subject, text)
    if source_of(KINDS[kind], language) != (subject, text):
        words = {"subject": subject, "text": text, "changed": clock.now()}
        MailTemplate.objects.update_or_create(kind=kind, language=language, defaults=words)
    return next(templates(kind, language))


def reset_template(kind: str, language: str) -> Shown:
    """Back to our words. Raises Invalid (``language``)."""
    check_language(language)
    MailTemplate.objects.filter(kind=kind, language=language).delete()
    return next(templates(kind, language))


def preview(
    kind: str, language: str, *, subject: str = "", text: str = "", return_id: UUID | None = None
) -> Written:
    """The mail as it would be sent: with sample values, or with those of a return as far as it has them.

    Subject and text are the ones in use unless they are given. Codes are never real ones. Raises NotFound
    (``id``), Invalid and Invalids as `set_template`.
    """
    check_language(language)
    chosen = KINDS[kind]
    used = source_of(chosen, language)
    source = _checked(chosen, subject or used[0], text or used[1])
    facts = {each.name: each.sample for each in chosen.variables if each.name not in ("shop", "support")}
    order_id = ""
    if return_id:
        rma = store.find_return(return_id)
        order_id, facts = rma.order_id, facts | _known(chosen, rma)
    return compose(chosen, language, facts, order_id=order_id, source=source)[0]


def _known(kind: Kind, rma: Return) -> dict[str, Any]:
    """What the kind's mail says of a return, as far as it has come."""
    verb, of_step = _STEPS.get(kind.name, ("", mail_facts.nothing))
    step = LedgerEntry.objects.filter(rma=rma, verb=verb).order_by("-pk").first()
    facts = {**about(rma, shop().order(rma.order_id)), **((step and of_step(rma, step.data)) or {})}
    return {name: value for name, value in facts.items() if kind.variable(name)}


def check_language(language: str) -> None:
    """Raises Invalid (``language``)."""
    if language not in LANGUAGES:
        raise Invalid(f"Must be one of: {', '.join(LANGUAGES)}.", field="language")


def _checked(kind: Kind, subject: str, text: str) -> tuple[str, str]:
    # Longer than any template may be, so that its own check says how long that is.
    words = (clean(subject, field="subject", most=10**5), clean(text, field="text", most=10**5))
    template.check(kind, *words)
    return words
