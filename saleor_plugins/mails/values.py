"""From what is known to what a template sees: strings, and lists of strings by name. Nothing else.

So no template can reach an object, and no value can break out of its line.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from babel import Locale

from saleor_plugins.kernel import wording

from .kinds import Form, Kind
from .words import Words

MAX_LINES = 50
_BREAK = "\u200b"
# Joiners are format characters that Persian and emoji cannot be written without.
_ALLOWED = frozenset(f"\u200c\u200d{_BREAK}")
_LINKISH = re.compile(r"(?<=\w)\.(?=\w)|:(?=//)|@(?=\w)")


@dataclass(frozen=True)
class Reader:
    """For whom a mail is written."""

    words: Words
    locale: Locale
    zone: str


def one_line(value: Any) -> str:
    """`value` without control characters and breaks, single spaces between words."""
    spaced = "".join(" " if c.isspace() else c for c in str(value))
    return " ".join("".join(c for c in spaced if _sound(c)).split())


def unlinked(text: str) -> str:
    """`text` in which no mail program finds a link: whoever types into a form must not send one to others.

    It looks the same: the breaks that are put in have no width.
    """
    return _LINKISH.sub(lambda found: found.group() + _BREAK, text)


def formatted(kind: Kind, given: Mapping[str, Any], reader: Reader) -> dict[str, Any]:
    """What a template of `kind` sees of `given`. Raises ValueError for names that `kind` has not.

    What is not given is empty, but for what is required: KeyError.
    """
    if strange := set(given) - {each.name for each in kind.variables}:
        raise ValueError(f"A mail of kind {kind.name} has no {', '.join(sorted(strange))}.")
    return {
        each.name: _format(each.form, given[each.name] if each.required else given.get(each.name), reader)
        for each in kind.variables
    }


def _sound(char: str) -> bool:
    return char in _ALLOWED or unicodedata.category(char)[0] != "C"


def _lines_of(value: Any) -> list[str]:
    return [one_line(line) for line in str(value).strip().splitlines()]


def _quote(value: Any) -> str:
    return "\n".join(f"> {line}".rstrip() for line in _lines_of(value))


def _lines(value: Any, reader: Reader) -> list[dict[str, str]]:
    # A list's " | " parts a name from its amount, and these have none.
    rows = [
        {"name": one_line(name).replace(" | ", " |\u00a0"), "units": wording.number(units, reader.locale)}
        for name, units in value[:MAX_LINES]
    ]
    more = [{"name": "…", "units": f"+ {len(value) - MAX_LINES}"}] if len(value) > MAX_LINES else []
    return rows + more


def _rows(value: Any, reader: Reader) -> list[dict[str, str]]:
    rows = []
    for component, name, units, minor, currency in value:
        facts = {"units": wording.number(units, reader.locale), "name": one_line(name)}
        words = reader.words.rows[component].format_map(facts)
        rows.append({"name": words, "amount": wording.amount(minor, currency, reader.locale)})
    return rows


_FORMATS: Mapping[Form, Callable[[Any, Reader], Any]] = {
    Form.TEXT: lambda value, reader: one_line(value),
    Form.TYPED: lambda value, reader: unlinked(one_line(value)),
    Form.QUOTE: lambda value, reader: _quote(value),
    Form.GOODS: lambda value, reader: _quote(unlinked(str(value)) or reader.words.everything),
    Form.BLOCK: lambda value, reader: "\n".join(filter(None, _lines_of(value))),
    Form.LINK: lambda value, reader: one_line(value).replace(" ", ""),
    Form.DAY: lambda value, reader: wording.day(value, reader.locale),
    Form.MOMENT: lambda value, reader: wording.moment(value, reader.zone, reader.locale),
    Form.MONEY: lambda value, reader: wording.amount(value[0], value[1], reader.locale),
    Form.UNITS: lambda value, reader: wording.plural(value, reader.words.units, reader.locale),
    Form.DAYS: lambda value, reader: wording.plural(value, reader.words.days, reader.locale),
    Form.MINUTES: lambda value, reader: wording.plural(value, reader.words.minutes, reader.locale),
    Form.YES: lambda value, reader: bool(value),
    Form.LINES: _lines,
    Form.ROWS: _rows,
}


def _format(form: Form, value: Any, reader: Reader) -> Any:
    if form in (Form.LINES, Form.ROWS):
        return _FORMATS[form](value or (), reader)
    if value is None or (value == "" and form is not Form.GOODS):
        return ""
    return _FORMATS[form](value, reader)
