"""Chooses the settings by what is installed: a Saleor 3.x, a Saleor 2.10, or the bridge without a Saleor.

Saleor's tables are made from its models, ours by our migrations. DATABASE_URL names the server.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
# Folders that need neither Saleor nor the bridge's own environment.
EVERYWHERE = {"kernel"}


def _installed() -> str:
    """What this environment has: "saleor3", "saleor2", "bridge" (Django alone) or "nothing"."""
    saleor = find_spec("saleor")
    if saleor:
        # Not find_spec("saleor.channel"): that imports Saleor, which then names its own settings.
        folders = saleor.submodule_search_locations or []
        return "saleor3" if any((Path(folder) / "channel").is_dir() for folder in folders) else "saleor2"
    return "bridge" if find_spec("django") else "nothing"


INSTALLED = _installed()
SETTINGS = {
    "saleor3": "devshop.settings.saleor3",
    "saleor2": "devshop.settings.saleor2",
    "bridge": "shopify_bridge.settings",
}

if INSTALLED in SETTINGS:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS[INSTALLED])
    os.environ.setdefault("DATABASE_URL", "postgres://postgres@127.0.0.1:5432/devshop")
    os.environ["CELERY_BROKER_URL"] = "memory://"


def pytest_configure() -> None:
    """Load the settings now: pytest-django then sets Django up, having looked before this file named them."""
    if INSTALLED in SETTINGS:
        from django.conf import settings

        if "replica" in settings.DATABASES:
            # Saleor 3.x reads through a second connection, which would not see a test's transaction.
            del settings.DATABASES["replica"]
            settings.DATABASE_CONNECTION_REPLICA_NAME = "default"
            settings.DATABASE_ROUTERS = []


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out what this environment cannot run."""
    parts = collection_path.relative_to(TESTS).parts if collection_path.is_relative_to(TESTS) else ()
    if len(parts) < 2 or parts[1] in EVERYWHERE:
        return None
    of_bridge = "bridge" in parts[1]
    if INSTALLED == "nothing":
        return True
    return of_bridge != (INSTALLED == "bridge") or None


def pytest_report_header() -> str:
    return f"installed: {INSTALLED}"


if INSTALLED in ("saleor2", "saleor3"):

    @pytest.fixture(scope="session")
    def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
        from devshop import tables

        tables.connect()

    @pytest.fixture(autouse=True)
    def _outside_of_the_test(request: pytest.FixtureRequest) -> Iterator[None]:
        """The transaction that rolls a test back counts as none where the port talks to the outside."""
        from saleor_plugins.platform.orm.outside import ignoring_open_transactions

        if "_django_db_helper" in request.fixturenames or request.node.get_closest_marker("django_db"):
            request.getfixturevalue("_django_db_helper")
        with ignoring_open_transactions():
            yield
