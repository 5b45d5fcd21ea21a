"""``manage.py returns_audit``: do all balances agree with the ledgers, and with Saleor?"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand

from ....kernel.errors import OpsError
from ...audit.finding import FIELDS, Finding
from ...usecases.audit import audit_all, audit_order


class Command(BaseCommand):
    """Exits with 1 when there are differences, with 2 when there is no such order."""

    help = (
        "Rebuild every balance of the returns desk from its ledgers and compare it with what is stored and "
        "with Saleor; exit code 1 when something differs. Writes nothing."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """What to look at, and how to tell."""
        parser.add_argument("--order", help="One order: its global id or its number.")
        parser.add_argument("--format", choices=("text", "csv", "json"), default="text")
        parser.add_argument("--limit", type=_positive, help="Stop after so many differences.")
        parser.add_argument(
            "--strict",
            action="store_true",
            help="Count what Saleor has changed and the desk has not seen yet as a difference, too.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Look, tell, exit."""
        try:
            found = self._found(options["order"])
        except OpsError as error:
            self.stderr.write(error.message)
            sys.exit(2)
        tell = {"text": self._text, "csv": self._csv, "json": self._json}[options["format"]]
        wrong = unseen = 0
        for finding in tell(islice(found, options["limit"]) if options["limit"] else found):
            wrong, unseen = wrong + (not finding.unseen), unseen + finding.unseen
        self.stderr.write(f"{wrong} differences; {unseen} changes in Saleor that the desk has not seen yet.")
        if wrong or (options["strict"] and unseen):
            sys.exit(1)

    def _found(self, order: str | None) -> Iterator[Finding]:
        if order:
            return iter(audit_order(order))
        return audit_all(self._progress)

    def _progress(self, orders: int) -> None:
        self.stderr.write(f"{orders} orders", ending="\r" if self.stderr.isatty() else "\n")

    def _text(self, found: Iterable[Finding]) -> Iterator[Finding]:
        for finding in found:
            self.stdout.write(str(finding))
            yield finding

    def _csv(self, found: Iterable[Finding]) -> Iterator[Finding]:
        writer = csv.DictWriter(self.stdout, FIELDS, lineterminator="\n")
        writer.writeheader()
        for finding in found:
            writer.writerow({name: _plain(value) for name, value in finding.row().items()})
            yield finding

    def _json(self, found: Iterable[Finding]) -> Iterator[Finding]:
        """One object a line, so that it streams."""
        for finding in found:
            self.stdout.write(json.dumps(finding.row()))
            yield finding


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _plain(value: Any) -> Any:
    """Spreadsheets run what looks like a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(tuple("=+-@\t\r")) else value
