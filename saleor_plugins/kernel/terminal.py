"""Progress and tables for people at a terminal; plain lines where nobody watches."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

WIDTH = 28
REDRAW_SECONDS = 0.1


class Bar:
    """A progress bar on `out`; where that is no terminal, a line for every tenth."""

    def __init__(self, out: TextIO, what: str):
        self.out, self.what = out, what
        self.began = time.monotonic()
        self.drawn = 0.0
        self.tenth = 0
        self.live = out.isatty()

    def __call__(self, done: int, total: int) -> None:
        """Show that `done` of `total` are done."""
        now = time.monotonic()
        if self.live and (now - self.drawn >= REDRAW_SECONDS or done >= total):
            self.drawn = now
            share = done / total if total else 1.0
            full = "█" * round(share * WIDTH)
            self.out.write(f"\r\033[K{full:░<{WIDTH}} {share:4.0%}  {self._told(done, total, now)}")
            self.out.flush()
        elif not self.live and total and done * 10 // total > self.tenth:
            self.tenth = done * 10 // total
            self.out.write(f"{self._told(done, total, now)}\n")

    def _told(self, done: int, total: int, now: float) -> str:
        speed = done / max(now - self.began, 0.001)
        left = f", {(total - done) / speed:,.0f} s left" if speed and done < total else ""
        return f"{done:,} of {total:,} {self.what}, {speed:,.0f} a second{left}"

    def end(self) -> None:
        """Leave the line."""
        if self.live:
            self.out.write("\n")
            self.out.flush()


def aligned(rows: Sequence[Sequence[str]], *, right_from: int = 1) -> list[str]:
    """Rows of cells as lines, columns padded; from column `right_from` on to the right."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return [
        "  ".join(
            cell.rjust(width) if at >= right_from else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def write_files(made: Mapping[str, Callable[[], str]], options: Mapping[str, Any]) -> Iterator[Path]:
    """Make and write each kind of file that `options` has a path for; answers the paths. Raises OSError."""
    for kind, make in made.items():
        if path := options[kind]:
            with path.open("w", encoding="utf-8", newline="") as file:
                file.write(make())
            yield path
