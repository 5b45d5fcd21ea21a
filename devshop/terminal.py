"""What the terminal shows: one line a step, alive while it works, and tables."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import sys
import textwrap
import threading
import time
from collections.abc import Iterator, Sequence

ALIVE = sys.stdout.isatty()
UNICODE = (sys.stdout.encoding or "").lower().startswith("utf")
_COLOURS = ALIVE and "NO_COLOR" not in os.environ
_SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏" if UNICODE else "|/-\\"
_DONE, _FAILED, _WORKING = ("✓", "✗", "·") if UNICODE else ("ok", "FAILED", "..")
_ERASE = "\r\033[2K" if ALIVE else ""
# Somebody who reads a log instead of a terminal hears from a long step this often.
_SECONDS_BETWEEN_LINES = 15


def paint(text: str, code: str) -> str:
    """Return `text` in the SGR colour, where colours are shown."""
    return f"\033[{code}m{text}\033[0m" if _COLOURS else text


def bold(text: str) -> str:
    return paint(text, "1")


def dim(text: str) -> str:
    return paint(text, "2")


def width() -> int:
    """Columns to fill: the terminal's, within what reads well."""
    return max(72, min(shutil.get_terminal_size((110, 24)).columns, 130))


def headline(text: str) -> None:
    """Start a part of the run."""
    print(f"\n{bold(text)}", flush=True)


def tick(good: bool) -> str:
    """A tick, or a cross."""
    return paint(_DONE, "32") if good else paint(_FAILED, "31;1")


class Step:
    """A line that is being worked on; `say` changes what it says, `good = False` that it went well."""

    def __init__(self, label: str) -> None:
        self.label, self.detail = label, ""
        self.good = True
        self.started = time.monotonic()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._animate, daemon=True)

    def say(self, detail: str) -> None:
        """Show what is going on right now."""
        self.detail = detail

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def _line(self, mark: str, detail: str) -> str:
        room = width() - len(self.label) - len(mark) - 12
        shown = detail if len(detail) <= room else detail[: max(0, room - 1)] + "…"
        gap = "  " if shown else ""
        return f"{mark} {self.label}{gap}{dim(shown)}  {dim(f'{self.seconds:.1f} s')}"

    def _animate(self) -> None:
        frames = itertools.cycle(_SPINNER)
        pause = 0.1 if ALIVE else _SECONDS_BETWEEN_LINES
        while not self._stop.wait(pause):
            if ALIVE:
                print(_ERASE + self._line(paint(next(frames), "36"), self.detail), end="", flush=True)
            else:
                print(self._line(_WORKING, self.detail), flush=True)

    def close(self, good: bool) -> None:
        """Write the line for good."""
        self._stop.set()
        self._thread.join()
        print(_ERASE + self._line(tick(good and self.good), self.detail), flush=True)


@contextlib.contextmanager
def step(label: str) -> Iterator[Step]:
    """Show a line while the block works, ticked when it is through, crossed when it raised."""
    line = Step(label)
    line._thread.start()
    good = False
    try:
        yield line
        good = True
    finally:
        line.close(good)


def table(
    head: Sequence[str], rows: Sequence[Sequence[str]], shares: Sequence[int], *, lines: bool = True
) -> str:
    """Return a table as wide as the terminal; `shares` say how its columns divide that width.

    `lines`: one between any two rows.
    """
    inner = width() - 3 * len(head) - 1
    widths = [inner * share // sum(shares) for share in shares]
    widths[-1] += inner - sum(widths)
    line, cross = ("─", "┼") if UNICODE else ("-", "+")
    bar = "│" if UNICODE else "|"
    out = [_row([bold(cell.ljust(size)) for cell, size in zip(head, widths, strict=True)], bar)]
    for number, row in enumerate(rows):
        if lines or number == 0:
            out.append(cross.join(line * (size + 2) for size in widths))
        wrapped = [_wrap(cell, size) for cell, size in zip(row, widths, strict=True)]
        for parts in itertools.zip_longest(*wrapped, fillvalue=""):
            out.append(_row([part.ljust(size) for part, size in zip(parts, widths, strict=True)], bar))
    return "\n".join(out)


def _row(cells: Sequence[str], bar: str) -> str:
    return " " + f" {bar} ".join(cells)


def _wrap(cell: str, size: int) -> list[str]:
    return [part for line in cell.splitlines() for part in textwrap.wrap(line, size) or [""]] or [""]
