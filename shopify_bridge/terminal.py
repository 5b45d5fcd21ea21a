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

from .domain.plan import Action

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)
_COLORS = {
    "create": "green",
    "update": "yellow",
    "archive": "magenta",
    "refuse": "red",
    "stock": "cyan",
    "order": "blue",
}
_SHOWN_FIELDS = 12


def print_json(data: Any) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(json.dumps(data, indent=2, default=str, ensure_ascii=False) + "\n")


def say(text: str) -> None:
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


def show_actions(actions: Iterable[Action]) -> dict[str, int]:
    """The plan as a table, streamed; answers how many of each verb there were."""
    counts: dict[str, int] = {}
    for action in actions:
        counts[action.verb] = counts.get(action.verb, 0) + 1
        color = _COLORS.get(action.verb, "white")
        out.print(
            f"[{color}]{action.verb:8}[/{color}] [bold]{escape(action.label)}[/bold]  "
            f"[dim]{escape(action.reason)}[/dim]"
        )
        for change in action.fields[:_SHOWN_FIELDS]:
            out.print(
                f"           {escape(change.path)}: {_value(change.before)} -> {_value(change.after)}  "
                f"[dim]{change.owner}[/dim]"
            )
        if len(action.fields) > _SHOWN_FIELDS:
            out.print(f"           [dim]and {len(action.fields) - _SHOWN_FIELDS} more[/dim]")
    return counts


def _value(value: Any) -> str:
    text = (
        "nothing"
        if value in (None, "")
        else str(value)
        if not isinstance(value, list)
        else ", ".join(map(str, value))
    )
    return escape(text if len(text) <= 60 else text[:57] + "…")


def table(title: str, columns: list[str], rows: Iterable[Iterable[Any]]) -> None:
    """A table for people."""
    shown = Table(*columns, title=title, title_justify="left", header_style="bold")
    for row in rows:
        shown.add_row(*(escape(str(cell)) for cell in row))
    out.print(shown)
