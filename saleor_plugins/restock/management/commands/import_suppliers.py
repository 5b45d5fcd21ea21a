"""Take in suppliers' catalogues from a CSV file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from saleor_plugins.restock.usecases.import_catalogue import import_catalogue


class Command(BaseCommand):
    """``import_suppliers catalogue.csv --dry-run``: exits with 1 when any line is wrong, nothing written."""

    help = (
        "Takes in suppliers' catalogues. Columns: supplier, sku, supplier_sku, price, currency, moq, pack, "
        "lead_days, breaks (12=3.50 100=3.20), active. Nothing is written when any line is wrong."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="a CSV file in UTF-8, with a header")
        parser.add_argument("--create", action="store_true", help="add suppliers that nobody knows")
        parser.add_argument("--dry-run", action="store_true", help="check and count, write nothing")

    def handle(self, *args: Any, file: str, create: bool, dry_run: bool, **options: Any) -> None:
        try:
            with Path(file).open(encoding="utf-8", newline="") as stream:
                done = import_catalogue(stream, create=create, dry_run=dry_run, progress=self._progress)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from None
        except UnicodeDecodeError as error:
            raise CommandError(f"{file}: not UTF-8 at byte {error.start}") from None
        for problem in done.problems:
            self.stderr.write(str(problem))
        if done.problems:
            raise CommandError("Nothing was written.")
        said = "would be " if dry_run else ""
        self.stdout.write(
            f"{done.lines} lines: {done.created} {said}created, {done.changed} {said}changed, "
            f"{done.same} as they were; {done.suppliers} suppliers {said}added."
        )

    def _progress(self, lines: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{lines} lines", ending="")
