"""A mail as it is sent: subject, text and HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from saleor_plugins.kernel.wording import locale_of

from . import layout, template
from .kinds import Form, Kind
from .values import Reader, formatted, one_line
from .words import Words

Source = tuple[str, str]


@dataclass(frozen=True)
class Written:
    """What is sent."""

    subject: str
    text: str
    html: str


def write(
    kind: Kind,
    source: Source,
    given: Mapping[str, Any],
    brand: Mapping[str, Any],
    said: Words,
    *,
    zone: str,
    country: str = "",
    stop: str = "",
) -> Written:
    """The mail in ``brand["language"]``, from a template and what is `given` of the kind's variables.

    `said` are that language's words; `stop` is the address in its foot that ends such mails.

    Raises ValueError and KeyError as `values.formatted`.
    """
    reader = Reader(said, locale_of(brand["language"], country), zone)
    facts = {"shop": brand["name"], "support": brand["support"], **given}
    values = formatted(kind, facts, reader)
    subject = one_line(template.render(source[0], values))[: template.MAX_SUBJECT]
    text = layout.tidy(template.render(source[1], values))
    links = {values[each.name] for each in kind.variables if each.form is Form.LINK}
    links |= set(layout.ADDRESS.findall(source[1]))
    html = layout.html(text, subject, brand, links - {""}, said, stop)
    return Written(subject, text + layout.signature(brand, said, stop), html)
