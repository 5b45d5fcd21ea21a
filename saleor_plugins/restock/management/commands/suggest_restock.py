"""``manage.py suggest_restock``: look through the shop now, or only tell what a look would write."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand

from ....kernel.errors import OpsError
from ....kernel.money import from_minor
from ...store import suggestions
from ...usecases.replenish import rehearsal, replenish
from ...usecases.suggest import Suggested

EXAMPLES = """
examples:
  suggest_restock --dry-run
  suggest_restock --warehouse V2FyZWhvdXNlOjE= --json
  suggest_restock --variant UHJvZHVjdFZhcmlhbnQ6MQ== --variant UHJvZHVjdFZhcmlhbnQ6Mg==
"""


class Command(BaseCommand):
    """Exits with 0 when done, 1 when refused."""

    help = "Propose transfers and purchase orders. Running it again proposes the same once."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Which needs, and whether to write."""
        parser.epilog, parser.formatter_class = EXAMPLES, argparse.RawDescriptionHelpFormatter
        parser.add_argument("--warehouse", metavar="ID", help="Only this warehouse.")
        parser.add_argument(
            "--variant", metavar="ID", action="append", help="Only this variant; may be repeated."
        )
        parser.add_argument("--dry-run", action="store_true", help="Write nothing; approvals wait meanwhile.")
        parser.add_argument("--json", action="store_true", help="Answer as JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look, show."""
        with rehearsal() if options["dry_run"] else contextlib.nullcontext():
            try:
                done = replenish(
                    warehouse_id=options["warehouse"],
                    variant_ids=options["variant"],
                    told=self._tell if options["verbosity"] else None,
                )
            except OpsError as error:
                self.stderr.write(error.message)
                sys.exit(1)
            found = _found(done)
        if options["json"]:
            self.stdout.write(json.dumps(found | {"written": not options["dry_run"]}, indent=1))
        else:
            self._show(found, options["dry_run"])

    def _tell(self, done: int, total: int, needs: int) -> None:
        self.stderr.write(f"{done:,} of {total:,} variants, {needs:,} needs")

    def _show(self, found: Mapping[str, Any], dry: bool) -> None:
        for kind in ("transfers", "orders"):
            for head in found[kind]:
                self.stdout.write(head["title"])
                for line in head["lines"]:
                    self.stdout.write(
                        f"  {line['quantity']:>6} x {line['sku'] or line['variantId']}  {line['name']}"
                    )
        for flag, count in found["flags"].items():
            self.stdout.write(f"{flag}: {count}")
        ending = "; nothing was written." if dry else "."
        self.stdout.write(f"{found['variants']:,} variants, {found['needs']:,} needs{ending}")


def _found(done: Suggested) -> dict[str, Any]:
    """What the run wrote, as JSON."""
    return {
        "variants": done.variants,
        "needs": done.suggestions,
        "transfers": [
            _head(f"Transfer {row.number}, {row.state.lower()}", row)
            for row in suggestions.transfers_written(done.transfer_ids)
        ],
        "orders": [
            _head(f"Order {row.number}, {row.state.lower()}, {row.supplier.name}: {_total(row)}", row)
            for row in suggestions.orders_written(done.order_ids)
        ],
        "flags": suggestions.flags_of(done.order_ids),
    }


def _head(title: str, row: Any) -> dict[str, Any]:
    lines = [
        {
            "variantId": line.variant_id,
            "sku": line.sku,
            "name": line.name,
            "quantity": line.ordered if hasattr(line, "ordered") else line.quantity,
        }
        for line in row.lines.all()
    ]
    return {"title": title, "number": row.number, "state": row.state, "lines": lines}


def _total(row: Any) -> str:
    total = sum(line.ordered * line.price for line in row.lines.all())
    return f"{from_minor(total, row.currency)} {row.currency}"
