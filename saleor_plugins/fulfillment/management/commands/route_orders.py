"""``manage.py route_orders``: route every open order, or the named ones."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand

from ....kernel.errors import OpsError
from ....kernel.money import from_minor
from ....platform import shop
from ... import config
from ...usecases.route_many import Did, Done, route_many

EVERY_SECONDS = 5.0


class Command(BaseCommand):
    """Exits with 0 when all was routed or left alone, 1 when orders failed, 2 when it could not begin."""

    help = "Route open orders now. Plans that stand are kept, held orders left alone."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Which orders, and whether for real."""
        parser.add_argument(
            "--order", action="append", metavar="ID", help="Saleor's Order id; may be repeated."
        )
        parser.add_argument("--limit", type=int, metavar="N", help="At most so many orders, oldest first.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would change and what it costs.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Route, with progress, and sum up."""
        if not config.is_active():
            self._refuse("Order routing is switched off in the dashboard.")
        if options["limit"] is not None and options["limit"] < 1:
            self._refuse("--limit must be at least 1.")
        self.counts: Counter[Did] = Counter()
        self.costs: Counter[str] = Counter()
        self.saved: Counter[str] = Counter()
        try:
            for order_id in options["order"] or ():
                shop().order(order_id)
            self._run(options)
        except OpsError as error:
            self._refuse(error.message)
        self._sum_up(options["dry_run"])
        if self.counts[Did.FAILED]:
            sys.exit(1)

    def _run(self, options: dict[str, Any]) -> None:
        total = len(options["order"]) if options["order"] else shop().count_to_ship()
        total = min(total, options["limit"] or total)
        begun = last = time.monotonic()
        found = route_many(options["order"], limit=options["limit"], dry_run=options["dry_run"])
        for count, done in enumerate(found, 1):
            self._note(done, options)
            if options["verbosity"] and time.monotonic() - last > EVERY_SECONDS:
                last = time.monotonic()
                self.stderr.write(
                    f"{count:,} of {total:,} orders, {count / (last - begun):.0f} per second ..."
                )

    def _note(self, done: Done, options: dict[str, Any]) -> None:
        self.counts[done.did] += 1
        if done.did is Did.ROUTED and done.cost is not None:
            self.costs[done.currency] += done.cost
            if done.before is not None:
                self.saved[done.currency] += done.before - done.cost
        if done.did is Did.FAILED:
            self.stderr.write(f"Order {done.number}: {done.reason}")
        elif options["verbosity"] > 1 or (options["dry_run"] and done.did is Did.ROUTED):
            self.stdout.write(_line(done))

    def _sum_up(self, dry_run: bool) -> None:
        names = {
            Did.ROUTED: "to route" if dry_run else "routed",
            Did.KEPT: "left as they are",
            Did.HELD: "held",
            Did.NOT_PAID: "not paid yet",
            Did.NOT_OPEN: "not open",
            Did.FAILED: "failed",
        }
        parts = [f"{self.counts[did]:,} {name}" for did, name in names.items() if self.counts[did]]
        total = sum(self.counts.values())
        orders = f"{total:,} order{'' if total == 1 else 's'}"
        self.stdout.write(f"{orders}: {', '.join(parts) or 'nothing to do'}.")
        for currency, cost in sorted(self.costs.items()):
            would = "would cost" if dry_run else "cost"
            self.stdout.write(f"Their parcels {would} {from_minor(cost, currency)} {currency}.")
        for currency, less in sorted(self.saved.items()):
            if less:
                word = "less" if less > 0 else "more"
                self.stdout.write(f"That is {from_minor(abs(less), currency)} {currency} {word} than now.")
        if dry_run:
            self.stdout.write("Dry run: nothing was changed.")

    def _refuse(self, text: str) -> None:
        self.stderr.write(text)
        sys.exit(2)


def _line(done: Done) -> str:
    where = " + ".join(done.warehouses)
    text = f"Order {done.number}: {done.did.value}"
    if done.cost is not None and done.currency:
        text += f" {done.outcome} {from_minor(done.cost, done.currency)} {done.currency}"
    if done.before is not None and done.cost is not None and done.before != done.cost:
        text += f" (now {from_minor(done.before, done.currency)})"
    return text + (f", {where}" if where else "") + (f": {done.reason}" if done.reason else "")
