"""``manage.py restock_person``: what the room knows of a person, as JSON; or erase it."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.core.serializers.json import DjangoJSONEncoder

from ....kernel.errors import OpsError
from ....platform.port import Asker, AskerKind
from ...usecases.person import PRIVACY, erase_person, export_person

# Whoever may run commands may do this.
OPERATOR = Asker(AskerKind.APP, "command", frozenset({PRIVACY}))


class Command(BaseCommand):
    """Exits with 2 when it is refused, with 1 when there is nobody."""

    help = "Print what restocking holds about a person as JSON, or erase it (a dry run without --yes)."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Who, and what to do."""
        parser.add_argument("--email", default="", help="An address that asked to be told.")
        parser.add_argument("--user", default="", help="The global id of an account.")
        parser.add_argument("--erase", action="store_true", help="Count what would go; with --yes it goes.")
        parser.add_argument("--yes", action="store_true", help="Erase, and do not only count.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, tell, exit."""
        who = (OPERATOR, options["email"], options["user"])
        try:
            if options["erase"]:
                found: dict[str, Any] = erase_person(*who, dry_run=not options["yes"])
                some = any(found.values())
                self.stderr.write("Erased." if options["yes"] else "Nothing was changed: erase with --yes.")
            else:
                found = export_person(*who)
                some = any(found.values())
        except OpsError as error:
            self.stderr.write(f"{error.code}: {error.message}")
            sys.exit(2)
        self.stdout.write(json.dumps(found, cls=DjangoJSONEncoder, indent=1, ensure_ascii=False))
        if not some:
            sys.exit(1)
