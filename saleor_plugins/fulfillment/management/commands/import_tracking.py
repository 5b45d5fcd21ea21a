"""``manage.py import_tracking FILE``: tracking numbers and states from a CSV file."""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand

from ....kernel.errors import OpsError
from ...domain.parcels.tracking_file import Problem
from ...usecases.tracking_import import Plan, apply_import, plan_import

EVERY = 500
MOST_SHOWN = 100


class Command(BaseCommand):
    """Exits with 0 when done (or, with --dry-run, when it could be), 1 for bad lines, 2 for no file."""

    help = "Set tracking numbers and states of parcels from a CSV file; a bad line stops all of them."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """The file, and what to do with it."""
        parser.add_argument("file", help="CSV with a header; - reads the standard input.")
        parser.add_argument("--dry-run", action="store_true", help="Check every line; change nothing.")
        parser.add_argument("--skip-bad", action="store_true", help="Write the good lines all the same.")
        parser.add_argument("--notify", action="store_true", help="Let Saleor mail the customers.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check all lines, then write them."""
        quiet = options["verbosity"] == 0
        try:
            with self._open(options["file"]) as file:
                plan = plan_import(file, progress=self._counter("checked", quiet))
        except OSError as error:
            self.stderr.write(f"{options['file']}: {error.strerror}.")
            sys.exit(2)
        except (OpsError, UnicodeDecodeError) as error:
            reason = error.message if isinstance(error, OpsError) else "It is not UTF-8."
            self.stderr.write(f"{options['file']}: {reason}")
            sys.exit(1)
        self._list(plan.problems)
        if options["dry_run"] or (plan.problems and not options["skip_bad"]):
            self._finish(plan, 0, "Dry run: nothing was changed." if options["dry_run"] else "")
            sys.exit(1 if plan.problems else 0)
        failed = apply_import(
            plan, notify_customer=options["notify"], progress=self._counter("written", quiet)
        )
        self._list(failed)
        self._finish(plan, len(plan.steps) - len(failed), "")
        sys.exit(1 if plan.problems or failed else 0)

    def _open(self, name: str) -> TextIO:
        if name == "-":
            return io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig", newline="")
        return Path(name).open(encoding="utf-8-sig", newline="")

    def _counter(self, verb: str, quiet: bool) -> Any:
        told = 0

        def tell(done: int) -> None:
            nonlocal told
            if not quiet and done - told >= EVERY:
                told = done
                self.stderr.write(f"{done:,} lines {verb} ...")

        return tell

    def _list(self, problems: list[Problem]) -> None:
        for row in problems[:MOST_SHOWN]:
            where = f"line {row.line}, {row.column}" if row.column else f"line {row.line}"
            self.stderr.write(f"{where}: {row.message}")
        if len(problems) > MOST_SHOWN:
            self.stderr.write(f"and {len(problems) - MOST_SHOWN:,} more.")

    def _finish(self, plan: Plan, written: int, note: str) -> None:
        bad = len(plan.problems)
        self.stdout.write(
            f"{plan.lines:,} lines: {len(plan.steps):,} good, {bad:,} bad, {written:,} written."
        )
        if bad and not written:
            note = note or "Nothing was changed."
        if note:
            self.stdout.write(note)
