"""``manage.py restock_report``: what lies dead, what runs out, how good forecasts and suppliers were."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from ....kernel.errors import Invalids, OpsError
from ....kernel.terminal import aligned
from ...domain.reports.scope import Scope
from ...reports.page import as_json, html, lines, table
from ...reports.words import NAMES

EXAMPLES = """
examples:
  restock_report
  restock_report --dead-days 180 --html report.html --json report.json
  restock_report --csv running-out > running-out.csv
"""


class Command(BaseCommand):
    """Exits with 0 when done, 1 when refused. Reads only."""

    help = "Show the stock reports, or write them: all as HTML and JSON, each as CSV."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """What to look at, and where to write it."""
        usual = Scope()
        parser.epilog, parser.formatter_class = EXAMPLES, argparse.RawDescriptionHelpFormatter
        parser.add_argument("--dead-days", type=int, default=usual.dead_days, help="Without a sale (90).")
        parser.add_argument("--days", type=int, default=usual.days, help="Of forecasts and suppliers (182).")
        parser.add_argument("--warehouse", default="", metavar="ID", help="Only this warehouse.")
        parser.add_argument("--csv", choices=list(NAMES), help="One report whole, on the screen.")
        for kind in ("html", "json"):
            parser.add_argument(f"--{kind}", type=Path, metavar="FILE", help=f"Write all of them as {kind}.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look, show, write."""
        try:
            scope = Scope(options["dead_days"], options["days"], options["warehouse"]).checked()
            self._tell(scope, options)
        except OpsError as error:
            for each in error.errors if isinstance(error, Invalids) else [error]:
                self.stderr.write(f"{each.field}: {each.message}" if each.field else each.message)
            sys.exit(1)

    def _tell(self, scope: Scope, options: dict[str, Any]) -> None:
        if options["csv"]:
            for line in lines(options["csv"], scope):
                self.stdout.write(line, ending="")
            return
        made: dict[str, Callable[[Scope], str]] = {"html": html, "json": as_json}
        asked = {kind: options[kind] for kind in made if options[kind]}
        for kind, path in asked.items():
            self._write(path, made[kind](scope))
        if not asked:
            for title, rows in table(scope):
                self._show(title, rows)

    def _show(self, title: str, rows: Iterable[list[str]]) -> None:
        self.stdout.write(f"\n{title}")
        for line in aligned(list(rows)):
            self.stdout.write(line)

    def _write(self, path: Path, text: str) -> None:
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            self.stderr.write(f"{path}: {error.strerror}.")
            sys.exit(1)
        self.stdout.write(f"Written to {path}.")
