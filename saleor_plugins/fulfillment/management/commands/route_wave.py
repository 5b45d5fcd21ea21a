"""``manage.py route_wave``: decide the open orders together."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand

from ....kernel.errors import OpsError
from ....kernel.money import from_minor
from ....kernel.terminal import Bar
from ...domain.wave.state import DONE
from ...store import waves
from ...usecases.route_wave import AT_MOST, SECONDS, ask_wave, plan_wave, run_wave

WORDS = {
    "read": "orders read",
    "facts": "orders decided one by one",
    "units": "% of the search",
    "prices": "% of the search",
    "plans": "% of the search",
    "explain": "orders explained",
    "commit": "orders committed",
}


class _Bars:
    """A bar for each thing that is done."""

    def __init__(self) -> None:
        self.what, self.bar = "", Bar(sys.stderr, "")

    def __call__(self, doing: str, done: int, total: int) -> None:
        what = WORDS.get(doing, doing)
        if what != self.what:
            self.end()
            self.what, self.bar = what, Bar(sys.stderr, what)
        self.bar(done, total)

    def end(self) -> None:
        if self.what:
            self.bar.end()
        self.what = ""


class Command(BaseCommand):
    """Exits with 0 when done, 1 when refused, failed or another wave runs, 130 when interrupted."""

    help = "Decide the open orders together, so that they cost least in all, and commit it."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """How many orders, for how long."""
        parser.add_argument("--limit", type=int, default=AT_MOST, help=f"At most so many orders ({AT_MOST}).")
        parser.add_argument(
            "--seconds", type=int, default=SECONDS, help=f"CPU seconds to search ({SECONDS})."
        )
        parser.add_argument("--dry-run", action="store_true", help="Only say what would be decided.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run and report."""
        bars = _Bars()
        try:
            outcome = self._outcome(options, bars)
        except OpsError as error:
            name = {"limit": "--limit: ", "seconds": "--seconds: "}.get(error.field or "", "")
            self.stderr.write(f"{name}{error.message}")
            sys.exit(1)
        finally:
            bars.end()
        self._show(outcome)

    def _outcome(self, options: dict[str, Any], bars: _Bars) -> dict[str, Any]:
        if options["dry_run"]:
            return plan_wave(options["limit"], options["seconds"], bars).outcome
        row = ask_wave(options["limit"], options["seconds"], by="route_wave", queue=False)
        try:
            done = run_wave(row.pk, bars)
        except KeyboardInterrupt:
            waves.fail_wave(row.pk, "Interrupted.")
            sys.exit(130)
        if done is None or done.state != DONE:
            if done is None:
                waves.fail_wave(row.pk, "Another wave runs.")
            self.stderr.write(done.note if done else "Another wave runs.")
            sys.exit(1)
        names = ("orders", "alone", "moved", "changed", "method", "note", "currency")
        amounts = ("cost", "single_cost", "bound", "gap", "seconds")
        return {name: getattr(done, name) for name in (*names, *amounts)}

    def _show(self, outcome: dict[str, Any]) -> None:
        def told(minor: int) -> str:
            return f"{from_minor(minor, outcome['currency'])} {outcome['currency']}"

        count = outcome["orders"] - outcome["alone"]
        self.stdout.write(f"{outcome['orders']:,} orders, {count:,} decided together ({outcome['method']}).")
        if outcome["currency"]:
            saved = outcome["single_cost"] - outcome["cost"]
            share = saved / outcome["single_cost"] if outcome["single_cost"] else 0
            self.stdout.write(f"  One by one: {told(outcome['single_cost'])}")
            self.stdout.write(f"  Together:   {told(outcome['cost'])}, {share:.1%} less")
            proof = f"no plan costs less than {told(outcome['bound'])}"
            self.stdout.write(f"  Proven:     {proof} (gap {outcome['gap']:.2%})")
        if outcome["note"]:
            self.stdout.write(f"- {outcome['note']}")
        if "moved" in outcome:
            moved, changed = outcome["moved"], outcome["changed"]
            self.stdout.write(
                f"{moved:,} new decisions; {changed:,} orders had changed and were routed alone."
            )
        else:
            self.stdout.write("Nothing was changed (--dry-run).")
        self.stdout.write(f"{outcome['seconds']:.1f} CPU seconds.")
