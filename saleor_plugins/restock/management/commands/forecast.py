"""``manage.py forecast``: bring the demand history up to date, and show what will sell."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from django.core.management.base import BaseCommand

from ....kernel import clock
from ....kernel.errors import OpsError
from ....platform import shop
from ...domain.reading import Step, next_step
from ...store import demand
from ...usecases.forecast_demand import Expected, forecast_demand
from ...usecases.rebuild_demand import rebuild_demand

MAX_DAYS = 365
EXAMPLES = """
examples:
  forecast
  forecast --rebuild
  forecast --dry-run --days 90 --variant UHJvZHVjdFZhcmlhbnQ6MQ== --json
"""


class Command(BaseCommand):
    """Exits with 0 when done, 1 when refused."""

    help = "Read new sales (or all of them), then show what every warehouse is expected to sell."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """What to read, what to show."""
        parser.epilog, parser.formatter_class = EXAMPLES, argparse.RawDescriptionHelpFormatter
        parser.add_argument("--rebuild", action="store_true", help="Read three years of sales again.")
        parser.add_argument(
            "--dry-run", action="store_true", help="Read no sales: show what the known ones say."
        )
        parser.add_argument(
            "--days", type=int, default=28, metavar="N", help="How far ahead, 1 to 365; 28 without."
        )
        parser.add_argument(
            "--variant", metavar="ID", action="append", help="Only this variant; may be repeated."
        )
        parser.add_argument("--json", action="store_true", help="One JSON object a line.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, show."""
        days = options["days"]
        if not 1 <= days <= MAX_DAYS:
            self._refuse(f"--days must be from 1 to {MAX_DAYS}.")
        if options["dry_run"]:
            self._say_what_would_be_read(options["rebuild"])
        else:
            done = rebuild_demand(full=options["rebuild"], progress=self._progress(options["verbosity"]))
            self.stderr.write(f"Sales are read up to {done.through}; {done.changed:,} rows changed.")
        try:
            self._show(days, options["variant"], as_json=options["json"])
        except OpsError as error:
            self._refuse(f"{error.message} ({error.field})")

    def _refuse(self, why: str) -> None:
        self.stderr.write(why)
        sys.exit(1)

    def _progress(self, verbosity: int) -> Any:
        def told(step: Step) -> None:
            if verbosity:
                self.stderr.write(f"read {step.first} to {step.last}")

        return told

    def _say_what_would_be_read(self, full: bool) -> None:
        zone = shop().time_zone()
        today = clock.day_of(clock.now(), zone)
        step = next_step(demand.reach(), zone, today, full=full)
        self.stderr.write(f"Would read the sales of {step.first} to {today}; nothing is read or written.")

    def _show(self, days: int, variant_ids: list[str] | None, *, as_json: bool) -> None:
        if not as_json:
            self.stdout.write(
                f"{'SKU':<24}  {'warehouse':<20}  {'a day':>8}  {f'in {days} days':>12}  {'+-':>8}"
                f"  {'share':>6}  {'back':>5}  {'sold':>5}  {'out':>4}  unusual"
            )
        count = 0
        for page in forecast_demand(days, variant_ids=variant_ids):
            count += len(page)
            for row in page:
                self.stdout.write(json.dumps(_as_json(row, days)) if as_json else _as_text(row))
        self.stderr.write(f"{count:,} forecasts")


def _as_text(row: Expected) -> str:
    unusual = f"{row.spike:,.0f} on a day" if row.spike else ""
    return (
        f"{(row.variant.sku or row.variant.id)[:24]:<24}  {row.warehouse.name[:20]:<20}  {row.per_day:>8.3f}"
        f"  {row.expected:>12.1f}  {row.deviation:>8.1f}  {row.share:>6.0%}  {row.returned_part:>5.0%}"
        f"  {row.sold_days:>5}  {row.left_out:>4}  {unusual}"
    ).rstrip()


def _as_json(row: Expected, days: int) -> dict[str, Any]:
    return {
        "variantId": row.variant.id,
        "sku": row.variant.sku,
        "warehouseId": row.warehouse.id,
        "perDay": row.per_day,
        "days": days,
        "expected": row.expected,
        "deviation": row.deviation,
        "share": row.share,
        "returnedPart": row.returned_part,
        "soldDays": row.sold_days,
        "daysLeftOut": row.left_out,
        "unusualDay": row.spike or None,
    }
