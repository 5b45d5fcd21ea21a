"""``manage.py route_backtest --days 30``: what if past orders had been routed otherwise?"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from ....kernel.errors import Invalids, OpsError
from ....kernel.terminal import Bar, aligned, write_files
from ...domain.backtest.stock import Start
from ...models import Backtest
from ...reports.backtest_csv import table
from ...reports.backtest_page import page
from ...reports.backtest_rows import summary, title
from ...usecases.backtest import ask_backtest, backtests, run_backtest
from ..backtest_options import add_rules, option, policy, profiles

EXAMPLES = """
examples:
  route_backtest --days 30 --card "DHL 2027"
  route_backtest --days 90 --objective DAYS --most-parcels 2 --html report.html
  route_backtest --close Paris --set "Berlin:dailyParcels=200" --csv report.csv
"""


class Command(BaseCommand):
    """Exits with 0 when done, 1 when refused or failed, 130 when interrupted. Writes only its own row."""

    help = "Replay past orders under other rules, side by side with today's. Nothing in the shop changes."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Which orders, under what, and where to write it."""
        parser.epilog, parser.formatter_class = EXAMPLES, argparse.RawDescriptionHelpFormatter
        parser.add_argument("--days", type=int, default=30, help="Orders of so many days (30).")
        parser.add_argument("--channel", help="Orders of this channel only.")
        starts = [start.value.lower() for start in Start]
        parser.add_argument(
            "--stock", choices=starts, default=starts[0], help="What the shelves begin with (replayed)."
        )
        add_rules(parser)
        parser.add_argument("--html", type=Path, metavar="FILE", help="Also write a page with charts.")
        parser.add_argument("--csv", type=Path, metavar="FILE", help="Also write the numbers as CSV.")
        parser.add_argument("--json", type=Path, metavar="FILE", help="Also write everything as JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run, show, write."""
        try:
            row = self._run(options)
        except OpsError as error:
            for each in error.errors if isinstance(error, Invalids) else [error]:
                self.stderr.write(f"{option(each.field)}{each.message}")
            sys.exit(1)
        if row is None or row.state != "DONE":
            self.stderr.write(row.error if row else "Somebody else has taken the run.")
            sys.exit(1)
        self._show(row.result)
        self._write(row.result, options)

    def _run(self, options: Mapping[str, Any]) -> Backtest | None:
        row = ask_backtest(
            options["days"],
            by="route_backtest",
            queue=False,
            card=options["card"],
            policy=policy(options),
            profiles=profiles(options["set"], options["close"]),
            stock=options["stock"].upper(),
            channel=options["channel"],
        )
        bar = Bar(sys.stderr, "orders") if options["verbosity"] else None
        try:
            return run_backtest(row.pk, bar)
        except KeyboardInterrupt:
            backtests.fail(row.pk, "Interrupted.")
            sys.exit(130)
        finally:
            if bar:
                bar.end()

    def _show(self, result: Mapping[str, Any]) -> None:
        rows = summary(result)
        heads = [title(column) for column in result["columns"]]
        table_rows = [["", heads[0], *(cell for head in heads[1:] for cell in (head, ""))]]
        for row in rows:
            first, *others = row["cells"]
            cells = [cell for other in others for cell in (other["text"], other["difference"])]
            table_rows.append([row["title"], first["text"], *cells])
        lines = aligned(table_rows)
        self.stdout.write(f"{result['orders']:,} orders, {result['since']} to {result['until']}")
        for name, value in result["proposal"]:
            self.stdout.write(f"  Proposed: {name}: {value}")
        self.stdout.write("")
        self.stdout.write(self.style.MIGRATE_HEADING(lines[0]))
        for line in lines[1:]:
            self.stdout.write(line)
        self.stdout.write("")
        self.stdout.write(
            f"{result['changed_orders']:,} orders are shipped otherwise under the proposed rules."
        )
        for note in result["notes"]:
            self.stdout.write(f"- {note}")

    def _write(self, result: Mapping[str, Any], options: Mapping[str, Any]) -> None:
        made = {
            "html": lambda: page(result),
            "csv": lambda: "".join(table(result)),
            "json": lambda: json.dumps(result, indent=1, ensure_ascii=False),
        }
        try:
            for path in write_files(made, options):
                self.stdout.write(f"Written to {path}.")
        except OSError as error:
            self.stderr.write(f"{error.filename}: {error.strerror}.")
            sys.exit(1)
