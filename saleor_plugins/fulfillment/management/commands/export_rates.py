"""``manage.py export_rates --card NAME``: a rate card as a CSV file."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand

from ....kernel.errors import OpsError
from ...usecases.import_rates import export_rates, export_zones


class Command(BaseCommand):
    """Writes to the standard output; exits with 1 when there is no such card."""

    help = "Write a card's rates, or with --zones its zones, as the CSV that import_rates reads."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Which card."""
        parser.add_argument("--card", required=True)
        parser.add_argument("--zones", action="store_true", help="The card's zones instead of its rates.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write, or say what is wrong."""
        export = export_zones if options["zones"] else export_rates
        try:
            for line in export(options["card"]):
                self.stdout.write(line, ending="")
        except OpsError as error:
            self.stderr.write(error.message)
            sys.exit(1)
