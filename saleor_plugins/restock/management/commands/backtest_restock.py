"""``manage.py backtest_restock``: what would other rules have cost over the shop's own demand?"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from ....kernel.errors import Invalid, Invalids, OpsError
from ....kernel.terminal import Bar, aligned, write_files
from ...models import Backtest
from ...reports.backtest import page, rows, table
from ...usecases.backtest import ask_backtest, backtests, run_backtest

EXAMPLES = """
examples:
  backtest_restock --days 182
  backtest_restock --service 95 --service 98 --cover 14/42 --html report.html
  backtest_restock --warehouse V2FyZWhvdXNlOjE= --csv report.csv
"""


class Command(BaseCommand):
    """Exits with 0 when done, 1 when refused or failed, 130 when interrupted. Writes only its own row."""

    help = "Replay the shop's demand under other rules, side by side. Nothing in the shop changes."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Which days, which rules, and where to write it."""
        parser.epilog, parser.formatter_class = EXAMPLES, argparse.RawDescriptionHelpFormatter
        parser.add_argument("--days", type=int, default=182, help="Days that are replayed (182).")
        parser.add_argument("--warehouse", metavar="ID", help="Only this warehouse.")
        parser.add_argument(
            "--service", type=float, action="append", default=[], metavar="PERCENT", help="May be repeated."
        )
        parser.add_argument("--cover", action="append", default=[], metavar="LOW/HIGH", help="Days of cover.")
        for kind in ("html", "csv", "json"):
            parser.add_argument(f"--{kind}", type=Path, metavar="FILE", help=f"Also write it as {kind}.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run, show, write."""
        try:
            row = self._run(options)
        except OpsError as error:
            for each in error.errors if isinstance(error, Invalids) else [error]:
                self.stderr.write(f"{each.field}: {each.message}" if each.field else each.message)
            sys.exit(1)
        if row is None or row.state != "DONE":
            self.stderr.write(row.error if row else "Somebody else has taken the run.")
            sys.exit(1)
        self._show(row.result)
        self._write(row.result, options)

    def _run(self, options: Mapping[str, Any]) -> Backtest | None:
        row = ask_backtest(
            options["days"],
            by="backtest_restock",
            queue=False,
            warehouse_id=options["warehouse"],
            services=options["service"],
            covers=[_pair(text) for text in options["cover"]],
        )
        bar = Bar(sys.stderr, "variants") if options["verbosity"] else None
        try:
            return run_backtest(row.pk, bar)
        except KeyboardInterrupt:
            backtests.fail(row.pk, "Interrupted.")
            sys.exit(130)
        finally:
            if bar:
                bar.end()

    def _show(self, result: Mapping[str, Any]) -> None:
        self.stdout.write(
            f"{result['needs']:,} needs, {result['since']} to {result['until']}, {result['currency']}"
        )
        for line in aligned(table(result)):
            self.stdout.write(line)

    def _write(self, result: Mapping[str, Any], options: Mapping[str, Any]) -> None:
        made = {
            "html": lambda: page(result),
            "csv": lambda: "".join(rows(result)),
            "json": lambda: json.dumps(result, indent=1, ensure_ascii=False),
        }
        try:
            for path in write_files(made, options):
                self.stdout.write(f"Written to {path}.")
        except OSError as error:
            self.stderr.write(f"{error.filename}: {error.strerror}.")
            sys.exit(1)


def _pair(text: str) -> tuple[int, int]:
    low, slash, high = text.partition("/")
    if not (slash and low.isdigit() and high.isdigit()):
        raise Invalid("Must be two numbers of days, as in 14/42.", field="cover")
    return int(low), int(high)
