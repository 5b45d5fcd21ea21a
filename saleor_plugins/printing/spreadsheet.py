"""CSV that a spreadsheet shows and never runs."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

# Where a cell begins: also after a separator, which may be another one where the file is opened.
_STARTS = re.compile(r"(^|[;,|])([\s\"']*)([=+\-@＝＋－＠])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")


def safe(words: str) -> str:
    """Text that no spreadsheet takes for a formula, on one line (OWASP, CSV injection)."""
    return _STARTS.sub(r"\1'\2\3", _CONTROL.sub(" ", words))


def lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The file, line by line. Numbers stay numbers, None is empty, all else is `safe` text in quotes."""
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_NONNUMERIC)
    yield "\ufeff" + writer.writerow(header)
    for row in rows:
        yield writer.writerow([_plain(value) for value in row])


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, int | float) or hasattr(value, "as_tuple"):
        return "" if value is None else value
    return safe(str(value))


class _Echo:
    """A file that hands back what is written."""

    def write(self, text: str) -> str:
        return text
