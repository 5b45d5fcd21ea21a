"""The merchant's own words for mails: listed, set, put back, tried."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from saleor_plugins.mails import own_words
from saleor_plugins.mails.kinds import Kind
from saleor_plugins.mails.own_words import Shown
from saleor_plugins.mails.render import Written
from saleor_plugins.platform import shop

from .. import store
from ..mails.kinds import KINDS
from ..models import LedgerEntry, Return
from . import mail_facts
from .mail_return import about, wanted
from .send_mail import OFFICE, country_of

# The step of a return after which a mail of the kind goes out, and what the mail takes from it.
_STEPS = {
    "approved": ("approve", mail_facts.approved),
    "declined": ("decline", mail_facts.declined),
    "received": ("receive", mail_facts.received),
    "kept": ("keep", mail_facts.kept),
    "refunded": ("refunded", mail_facts.refunded),
    "store_credit": ("refunded", mail_facts.refunded),
}


def templates(kind: str | None = None, language: str | None = None) -> Iterator[Shown]:
    """As `mails.own_words.templates`."""
    return own_words.templates(OFFICE, wanted(), kind, language)


def set_template(kind: str, language: str, subject: str, text: str) -> Shown:
    """As `mails.own_words.set_template`."""
    own_words.set_template(OFFICE, kind, language, subject, text)
    return next(templates(kind, language))


def reset_template(kind: str, language: str) -> Shown:
    """As `mails.own_words.reset_template`."""
    own_words.reset_template(OFFICE, kind, language)
    return next(templates(kind, language))


def preview(
    kind: str, language: str, *, subject: str = "", text: str = "", return_id: UUID | None = None
) -> Written:
    """The mail as it would be sent: with sample values, or with those of a return as far as it has them.

    Subject and text are the ones in use unless they are given. Codes are never real ones. Raises NotFound
    (``id``), Invalid and Invalids as `set_template`.
    """
    source = own_words.tried(OFFICE, kind, language, subject, text)
    chosen, order_id = KINDS[kind], ""
    facts = own_words.samples(chosen)
    if return_id:
        rma = store.find_return(return_id)
        order_id, facts = rma.order_id, facts | _known(chosen, rma)
    return OFFICE.compose(chosen, language, facts, country=country_of(order_id), source=source)[0]


def _known(kind: Kind, rma: Return) -> dict[str, Any]:
    """What the kind's mail says of a return, as far as it has come."""
    verb, of_step = _STEPS.get(kind.name, ("", mail_facts.nothing))
    step = LedgerEntry.objects.filter(rma=rma, verb=verb).order_by("-pk").first()
    facts = {**about(rma, shop().order(rma.order_id)), **((step and of_step(rma, step.data)) or {})}
    return {name: value for name, value in facts.items() if kind.variable(name)}
