"""``manage.py restock_audit``: do the ledgers add up to what orders and transfers say?"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ...usecases.audit import audit


class Command(BaseCommand):
    """Exits with 1 and names every row that contradicts its ledger."""

    help = (
        "Compare orders, receipts, discrepancies and transfers with the stock movements they caused; "
        "exit code 1 when one differs."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="answer a JSON list")

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = audit()
        if options["json"]:
            self.stdout.write(json.dumps([asdict(finding) for finding in wrong]))
        else:
            for finding in wrong:
                self.stdout.write(f"{finding.kind} {finding.id}: {finding.message}.")
        if wrong:
            sys.exit(1)
        if not options["json"]:
            self.stdout.write("Every order and transfer agrees with its stock movements.")
