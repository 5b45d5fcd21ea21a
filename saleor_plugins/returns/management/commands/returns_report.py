"""``manage.py returns_report``: the reports of a time, as files or one of them on the screen."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.template import Context, Engine
from django.utils.dateparse import parse_date
from django.utils.safestring import mark_safe

from ....kernel import clock
from ....kernel.errors import OpsError
from ....printing import spreadsheet
from ...domain.reports.scope import Scope
from ...reports.page import FOLDER, STYLE, standing_alone, values
from ...reports.registry import REPORTS, report


class Command(BaseCommand):
    """Exits with 2 when what was asked for cannot be told."""

    help = "Write the returns reports of a time: all as files (HTML, CSV, SVG), or one as CSV on the screen."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """What to look at, and where to write it."""
        today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        parser.add_argument("--since", type=_day, default=today - timedelta(days=90), help="A day (UTC).")
        parser.add_argument("--until", type=_day, default=today + timedelta(days=1), help="Not included.")
        parser.add_argument("--channel", default="", help="A channel's slug.")
        parser.add_argument("--country", default="", help="Two letters.")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--csv", choices=sorted(REPORTS), help="One report, on the screen.")
        what.add_argument("--folder", type=Path, help="All of them, here.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count, write, exit."""
        scope = Scope(*(options[name] for name in ("since", "until", "channel", "country")))
        try:
            scope.checked()
        except OpsError as error:
            self.stderr.write(f"{error.field}: {error.message}")
            sys.exit(2)
        if options["csv"]:
            found = report(options["csv"])
            for line in spreadsheet.lines(found.header, found.stream(scope)):
                self.stdout.write(line, ending="")
        else:
            self._write(scope, options["folder"])

    def _write(self, scope: Scope, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for at, (name, each) in enumerate(REPORTS.items(), 1):
            self.stderr.write(f"{at} of {len(REPORTS)}: {name}")
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                file.writelines(spreadsheet.lines(each.header, each.stream(scope)))
            if pictures := list(each.pictures(each.find(scope))):
                (folder / f"{name}.svg").write_text(standing_alone(name, pictures), encoding="utf-8")
        page = Engine(dirs=[str(FOLDER)], autoescape=True).get_template("report.html")
        css = mark_safe((FOLDER / STYLE).read_text())  # noqa: S308  # our own file
        told = {**values(scope), "base": "", "query": "", "css": css}
        (folder / "index.html").write_text(page.render(Context(told, use_l10n=False)), encoding="utf-8")


def _day(text: str) -> datetime:
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise argparse.ArgumentTypeError("must be a day such as 2026-03-01")
    return clock.now().replace(
        year=day.year, month=day.month, day=day.day, hour=0, minute=0, second=0, microsecond=0
    )
