"""``manage.py restock_audit``: does the ledger of receipts add up to what the orders say?"""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from ...usecases.audit import audit


class Command(BaseCommand):
    """Exits with 1 and names the lines when it does not."""

    help = "Compare every purchase order line with its stock movements; exit code 1 when one differs."

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = audit()
        for line_id in wrong:
            self.stdout.write(f"Line {line_id}: received units are not what its stock movements add up to.")
        if wrong:
            sys.exit(1)
        self.stdout.write("Every line agrees with its stock movements.")
