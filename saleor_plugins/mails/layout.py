"""The HTML part of a mail: made from its text, everything escaped.

Only addresses of ours, and those that a template itself says, become links.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

from django.template import Context, Engine

from .words import Words

FOLDER = Path(__file__).parent / "templates"
ADDRESS = re.compile(r"https://[^\s<>\"']+[^\s<>\"'.,;:!?)]")
_LABELLED = re.compile(r"(?P<words>[^|]{1,100}): (?P<link>\S+)")
# How a line begins says what it is.
_MARKS = (("- ", "items"), ("> ", "quote"), (">", "quote"), ("    ", "code"))
_SPACES = re.compile(r"\n{3,}")


def tidy(text: str) -> str:
    """Without the empty lines that conditions leave behind."""
    lines = "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n"))
    return _SPACES.sub("\n\n", lines).strip("\n") + "\n"


def foot(brand: Mapping[str, Any], said: Words, stop: str = "") -> list[tuple[str, str]]:
    """The lines below a mail: words and where they lead, "" for nowhere. `stop` ends such mails."""
    pairs = [
        (said.sender.format(shop=brand["name"]), ""),
        (brand["support"], f"mailto:{brand['support']}"),
        (said.imprint, brand["imprint"]),
        (said.terms, brand["terms"]),
        (said.stop, stop),
    ]
    return [pairs[0], *((words, link) for words, link in pairs[1:] if words and link)]


def signature(brand: Mapping[str, Any], said: Words, stop: str = "") -> str:
    """The same in text, below the line that mail programs know."""
    lines = [
        f"{words}: {link}" if link.startswith("http") else words for words, link in foot(brand, said, stop)
    ]
    return "\n".join(["", "-- ", *lines, ""])


def html(
    text: str,
    subject: str,
    brand: Mapping[str, Any],
    links: Collection[str],
    said: Words,
    stop: str = "",
) -> str:
    """The whole HTML document. Of its text only `links` become links."""
    values = {
        "subject": subject,
        "brand": brand,
        "foot": foot(brand, said, stop),
        "language": brand["language"],
        "blocks": list(_blocks(text, links)),
    }
    return str(_engine().get_template("layout.html").render(Context(values, use_l10n=False)))


@lru_cache(maxsize=1)
def _engine() -> Engine:
    return Engine(dirs=[str(FOLDER)], autoescape=True)


def _blocks(text: str, links: Collection[str]) -> Iterator[dict[str, Any]]:
    for kind, lines in groupby(map(_marked, text.split("\n")), key=lambda line: line[0]):
        words = [line for _, line in lines]
        if kind == "items":
            # Items with an amount are a table.
            for split, some in groupby(words, key=lambda line: " | " in line):
                yield {"kind": "rows" if split else "items", "lines": [_cells(line) for line in some]}
        elif kind == "text":
            yield from _paragraph(words, links)
        elif kind:
            yield {"kind": kind, "lines": words}


def _marked(line: str) -> tuple[str, str]:
    """What a line is, "" for an empty one, and the line without its mark."""
    if not line.strip():
        return "", ""
    mark, kind = next(((mark, kind) for mark, kind in _MARKS if line.startswith(mark)), ("", "text"))
    return kind, line[len(mark) :]


def _cells(line: str) -> tuple[str, str]:
    left, _, right = line.rpartition(" | ")
    return (left, right) if left else (right, "")


def _paragraph(lines: list[str], links: Collection[str]) -> Iterator[dict[str, Any]]:
    for labelled, some in groupby(lines, key=lambda line: _label(line, links) is not None):
        if labelled:
            yield from ({"kind": "link", "link": _label(line, links)} for line in some)
        else:
            yield {"kind": "text", "lines": [list(_pieces(line, links)) for line in some]}


def _label(line: str, links: Collection[str]) -> dict[str, str] | None:
    """Words and address of a line that is a link and nothing else."""
    found = _LABELLED.fullmatch(line)
    return found.groupdict() if found and found["link"] in links else None


def _pieces(line: str, links: Collection[str]) -> Iterator[tuple[str, bool]]:
    """The line's pieces, and whether each is an address to link."""
    at = 0
    for found in ADDRESS.finditer(line):
        if found.group() in links:
            yield line[at : found.start()], False
            yield found.group(), True
            at = found.end()
    yield line[at:], False
