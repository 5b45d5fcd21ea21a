"""``manage.py import_rates FILE --card NAME``: a rate card from a CSV file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from ....kernel.errors import Invalids, OpsError
from ...domain.rates.rows import Difference
from ...usecases.import_rates import Imported, import_rates


class Command(BaseCommand):
    """Exits with 0 when done (or, with --dry-run, when it could be), 1 for bad lines, 2 for no file."""

    help = "Make a card's rates exactly those of a CSV file: all of them, or nothing when a line is bad."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """The file, the card, and what to do with it."""
        parser.add_argument("file", help="CSV with a header; - reads the standard input.")
        parser.add_argument("--card", required=True, help="The card's name; it is created when new.")
        parser.add_argument("--currency", help="Needed for a new card.")
        parser.add_argument("--zones", metavar="FILE", help="CSV that replaces the card's zones.")
        parser.add_argument("--activate", action="store_true", help="Use the card on its days from now on.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would change; change nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, or say what is wrong."""
        try:
            rates, zones = self._read(options["file"]), None
            if options["zones"]:
                zones = self._read(options["zones"])
        except OSError as error:
            self.stderr.write(f"{error.filename}: {error.strerror}.")
            sys.exit(2)
        try:
            done = import_rates(
                options["card"],
                options["currency"],
                rates,
                zones=zones,
                activate=options["activate"],
                dry_run=options["dry_run"],
                progress=self._progress if options["verbosity"] else lambda step: None,
            )
        except OpsError as error:
            self._refuse(error, options)
            sys.exit(1)
        self._say(done, dry_run=options["dry_run"])

    def _read(self, name: str) -> bytes:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()

    def _progress(self, step: str) -> None:
        self.stderr.write(f"{step} ...")

    def _refuse(self, error: OpsError, options: dict[str, Any]) -> None:
        for each in error.errors if isinstance(error, Invalids) else [error]:
            top = (each.field or "").partition(".")[0]
            where = {"rates": options["file"], "zones": options["zones"]}.get(top, each.field)
            self.stderr.write(f"{where}: {each.message}" if where else each.message)
        self.stderr.write("Nothing was changed.")

    def _say(self, done: Imported, *, dry_run: bool) -> None:
        kind = "new card" if done.new else "card"
        state = "active" if done.active else "not active"
        self.stdout.write(f'{kind.capitalize()} "{done.card}" in {done.currency}, {state}.')
        self.stdout.write(f"Rates: {_counts(done.rates)}.")
        if done.zones is not None:
            self.stdout.write(f"Zones: {_counts(done.zones)}.")
        if dry_run:
            self.stdout.write("Dry run: nothing was changed.")


def _counts(change: Difference) -> str:
    parts = {
        "added": len(change.added),
        "changed": len(change.changed),
        "removed": len(change.removed),
        "the same": change.same,
    }
    return ", ".join(f"{count:,} {name}" for name, count in parts.items())
