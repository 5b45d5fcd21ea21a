"""``manage.py returns_person``: what the desk knows of a person, as a zip file; or erase it."""

from __future__ import annotations

import argparse
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from saleor_plugins.platform.port import Asker, AskerKind

from ....kernel.errors import OpsError
from ...access import PRIVACY
from ...store.person import find_person
from ...usecases.erase_person import erase_person
from ...usecases.export_person import ENCODER, export_person, files_of

# Whoever may run commands may do this.
OPERATOR = Asker(AskerKind.APP, "command", frozenset({PRIVACY}))


class Command(BaseCommand):
    """Exits with 2 when it is refused, with 1 when there is nobody."""

    help = "Export everything the returns desk holds about a person, or erase it (a dry run without --yes)."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Who, and what to do."""
        parser.add_argument("--email", default="", help="The address of their orders.")
        parser.add_argument("--user", default="", help="The global id of their account.")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--export", type=Path, metavar="ZIP", help="Write data.json and all pictures here.")
        what.add_argument("--erase", action="store_true", help="Count what would go; with --yes it goes.")
        parser.add_argument("--yes", action="store_true", help="Erase, and do not only count.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, tell, exit."""
        who = (options["email"], options["user"])
        try:
            if options["erase"]:
                self._erase(*who, really=options["yes"])
            else:
                self._export(*who, options["export"])
        except OpsError as error:
            self.stderr.write(f"{error.code}: {error.message}")
            sys.exit(2)

    def _erase(self, email: str, user: str, *, really: bool) -> None:
        found = erase_person(OPERATOR, email, user, dry_run=not really)
        for kind, count in found.counts.items():
            self.stdout.write(f"{kind}: {count}")
        self.stderr.write("Erased." if found.done else "Nothing was changed: a dry run. Erase with --yes.")
        if not any(found.counts.values()):
            sys.exit(1)

    def _export(self, email: str, user: str, target: Path) -> None:
        data = export_person(OPERATOR, email, user)
        person = find_person(email.strip(), user)
        with zipfile.ZipFile(target, "x", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("data.json", json.dumps(data, cls=ENCODER, indent=1, ensure_ascii=False))
            files = 0
            for name, content in files_of(person):
                archive.writestr(name, content)
                files += 1
        self.stderr.write(f"{sum(map(len, data.values()))} rows and {files} files in {target}.")
        if not person:
            sys.exit(1)
