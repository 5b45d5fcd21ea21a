"""Tables of Saleor without its migrations: extensions before them, the rows every shop has after them.

Runs inside the shop's environment, with Django configured.
"""

from __future__ import annotations

import contextlib
from typing import Any

# pgcrypto only serves 3.x migrations, and not every embedded Postgres carries it.
EXTENSIONS = ("hstore", "pg_trgm", "btree_gin", "pgcrypto", "unaccent")
# Sequences that migrations of 3.x make and no model names: order numbers, ids of old sales.
SEQUENCES = (
    "order_order_number_seq",
    "discount_promotion_old_sale_id_seq",
    "discount_promotionrule_old_channel_listing_id_seq",
)


def make_extensions(using: str = "default", **_: Any) -> None:
    """Create the extensions that this server carries; a pre_migrate receiver."""
    from django.contrib.postgres.signals import get_citext_oids, get_hstore_oids, register_type_handlers
    from django.db import connections

    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_available_extensions WHERE name = ANY(%s)", [list(EXTENSIONS)])
        for (name,) in cursor.fetchall():
            cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {name}")
    # Django looked for the types when it connected, before they existed.
    get_hstore_oids.cache_clear()
    get_citext_oids.cache_clear()
    register_type_handlers(connection)


def make_site(using: str = "default", **_: Any) -> None:
    """Create the site, its settings and sequences, as Saleor's migrations would; a post_migrate receiver."""
    from django.contrib.sites.models import Site
    from django.db import connections
    from saleor.site.models import SiteSettings

    site, _created = Site.objects.get_or_create(
        pk=1, defaults={"domain": "localhost:8000", "name": "Demo shop"}
    )
    SiteSettings.objects.get_or_create(site=site)
    _make_customer_type()
    with connections[using].cursor() as cursor:
        for name in SEQUENCES:
            cursor.execute(f"CREATE SEQUENCE IF NOT EXISTS {name}")
    Site.objects.clear_cache()


def _make_customer_type() -> None:
    """Saleor 3.23 wants one before there can be a customer; earlier ones know none."""
    from django.apps import apps

    with contextlib.suppress(LookupError):
        kind = apps.get_model("account", "CustomerType")
        kind.objects.get_or_create(is_default=True, defaults={"name": "Default", "slug": "default"})


def connect() -> None:
    """Do both whenever tables are made, or emptied by a test that commits."""
    from django.apps import apps
    from django.db.models.signals import post_migrate, pre_migrate

    pre_migrate.connect(make_extensions, dispatch_uid="devshop.extensions")
    post_migrate.connect(make_site, sender=apps.get_app_config("site"), dispatch_uid="devshop.site")
