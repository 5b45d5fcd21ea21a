"""``manage.py returns_simulate``: what would other rules have made of the requests of the past?"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand

from ....kernel import clock
from ....kernel.errors import Invalids, NotFound, OpsError
from ....platform import shop
from ...domain.rules.book import Book
from ...models import Rulebook
from ...reports.simulation import simulation_page
from ...store import past
from ...usecases.simulate_rulebook import simulate

DAYS = 365
_BAR = 30


class Command(BaseCommand):
    """Exits with 1 when requests would have been judged differently, with 2 when the rules are wrong."""

    help = (
        "Judge past requests by other rules and by those in use, and tell the difference: outcomes, fees, "
        "postage, goods that may be kept, and which requests differ, with why. Writes nothing. Exit code 1: "
        "some differ."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Which rules, which requests, and how to tell."""
        rules = parser.add_mutually_exclusive_group(required=True)
        rules.add_argument("--file", type=Path, help="Rules as JSON; - reads standard input.")
        rules.add_argument("--rulebook", type=int, metavar="VERSION", help="A version that is kept.")
        parser.add_argument("--since", type=date.fromisoformat, help=f"First day; {DAYS} days ago without.")
        parser.add_argument("--until", type=date.fromisoformat, help="Last day; today without.")
        parser.add_argument("--show", type=_count, default=50, help="List so many requests that differ.")
        parser.add_argument("--format", choices=("text", "json", "html"), default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        """Judge, tell, exit."""
        since, until = self._span(options["since"], options["until"])
        try:
            title, book = self._book(options)
            progress = Progress(self.stderr, past.count(since, until))
            found = simulate(book, since, until, most=options["show"], progress=progress)
        except Invalids as refused:
            for error in refused.errors:
                self.stderr.write(f"{error.field}: {error.message}")
            sys.exit(2)
        except (OpsError, OSError, ValueError) as error:
            self.stderr.write(str(error))
            sys.exit(2)
        told = found.told()
        if options["format"] == "html":
            self.stdout.write(simulation_page(told, title, since, until).content.decode())
        else:
            self.stdout.write(json.dumps(told, indent=1) if options["format"] == "json" else _text(told))
        sys.exit(1 if found.changed else 0)

    def _span(self, first: date | None, last: date | None) -> tuple[datetime, datetime]:
        """Whole days of the shop."""
        zone = ZoneInfo(shop().time_zone())
        today = clock.day_of(clock.now(), shop().time_zone())
        last = last or today
        first = first or last - timedelta(days=DAYS)
        begin, end = (datetime.combine(day, time.min, zone) for day in (first, last + timedelta(days=1)))
        return begin.astimezone(UTC), end.astimezone(UTC)

    def _book(self, options: dict[str, Any]) -> tuple[str, Book]:
        if options["rulebook"]:
            row = Rulebook.objects.filter(version=options["rulebook"]).first()
            if row is None:
                raise NotFound(f"There is no version {options['rulebook']}.")
            return f"Rules, version {row.version}", Book.read(row.document)
        path: Path = options["file"]
        text = sys.stdin.read() if str(path) == "-" else path.read_text()
        return f"Rules of {path.name}", Book.read(json.loads(text))


class Progress:
    """How far it is, for whoever waits: a bar on a terminal, a line now and then elsewhere."""

    def __init__(self, stream: Any, total: int):
        self.stream, self.total = stream, total

    def __call__(self, done: int) -> None:
        share = done / self.total if self.total else 1
        bar = "#" * round(share * _BAR)
        ending = "\r" if self.stream.isatty() else "\n"
        self.stream.write(f"[{bar:<{_BAR}}] {done} of {self.total} requests", ending=ending)


def _text(told: dict[str, Any]) -> str:
    lines = [f"{told['requests']} requests, {told['changed']} of them differ.", ""]
    for name, before in told["before"].items():
        lines.append(f"{name:<14} {_plain(before):>16} -> {_plain(told['after'][name])}")
    for row in told["changes"]:
        differs = f" ({', '.join(row['what'])})" if row["what"] else ""
        lines += ["", f"{row['number']}: {row['before']} -> {row['after']}{differs}"]
        lines += [f"  {why}" for why in row["why"]]
    return "\n".join(lines)


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{amount} {code}" for code, amount in value.items()) or "-"
    return str(value)


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("must be 0 or more")
    return number
