"""Makes a shop in the database that DATABASE_URL names; runs inside Saleor's environment.

Tables, Saleor's own `populatedb`, and its superuser's password, which comes on standard input.
"""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

ADMIN = "admin@example.com"


def main() -> None:
    """Fill the database and say so line by line."""
    password = sys.stdin.readline().strip()
    import django

    django.setup()
    from django.core.management import call_command

    from devshop import tables

    tables.connect()
    print("making tables", flush=True)
    call_command("migrate", run_syncdb=True, interactive=False, verbosity=0)
    print("filling the shop", flush=True)
    _populate()
    _secure_admin(password)
    print("filled", flush=True)


def _populate() -> None:
    import saleor
    from django.core.management import call_command
    from faker import Faker

    # The same shop every time; and populatedb reads pictures by a path relative to Saleor's parent.
    random.seed(20)
    Faker.seed(20)
    os.chdir(Path(saleor.__path__[0]).parent)
    call_command("populatedb", createsuperuser=True)


def _secure_admin(password: str) -> None:
    """Give populatedb's superuser a password that is not in its source."""
    from django.contrib.auth import get_user_model

    admin = get_user_model().objects.get(email=ADMIN)
    admin.set_password(password)
    admin.save()


if __name__ == "__main__":
    main()
