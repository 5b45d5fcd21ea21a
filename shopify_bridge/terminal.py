"""What the command line shows: tables, progress on stderr, JSON on stdout."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def print_json(data: Any) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(json.dumps(data, indent=2, default=str, ensure_ascii=False) + "\n")


def say(text: str = "") -> None:
    """A line for people."""
    out.print(escape(text))


def complain(text: str) -> None:
    """A line about a problem, on stderr."""
    err.print(f"[red]{escape(text)}[/red]")


@contextmanager
def progress() -> Iterator[Progress]:
    """Bars on stderr, none where nobody looks."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bars:
        yield bars


class ReadProgress:
    """Progress of reading, one bar for each thing that is read."""

    def __init__(self, bars: Progress):
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, what: str, done: int, total: int | None) -> None:
        if what not in self._tasks:
            self._tasks[what] = self._bars.add_task(what, total=total)
        self._bars.update(self._tasks[what], completed=done, total=total)


def table(title: str, columns: list[str], rows: Iterable[Iterable[Any]]) -> None:
    """A table for people."""
    shown = Table(*columns, title=title, title_justify="left", header_style="bold", show_header=any(columns))
    for row in rows:
        shown.add_row(*(escape(str(cell)) for cell in row))
    out.print(shown)


def hint(text: str) -> None:
    """What could be done about what was just said."""
    out.print(f"[dim]{escape(text)}[/dim]")
