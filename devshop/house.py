"""Everything that runs: servers, Saleor with its workers; up in one call, down without a trace."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import types
from collections.abc import Iterator

from devshop import client, run, shop
from devshop.embedded import Embedded, free_port
from devshop.environments import has_saleor3, saleor
from devshop.places import Scratch
from devshop.postgres import Given, Postgres
from devshop.processes import Processes

_RUN = "devshop_run"
_WSGI = "-m django runserver --noreload 127.0.0.1:{port}"
_ASGI = "-m uvicorn saleor.asgi:application --log-level warning --port {port}"
_WORKER = "-m celery -A saleor.celeryconf:app worker --beat -c 2 -l info --without-gossip --without-mingle"


class Stopped(BaseException):
    """Somebody asked the run to end."""


class House:
    """The servers and processes of one run."""

    def __init__(self, wished_ports: bool = False) -> None:
        """`wished_ports`: try well-known ports first, for somebody who will type them."""
        self.wished_ports = wished_ports
        self.scratch = Scratch()
        # What pip, pytest and the servers leave in their temporary folders goes with ours.
        os.environ["TMPDIR"] = str(self.scratch.make("tmp", 0o1777))
        self.processes = Processes()
        self.postgres: Postgres | None = None
        self.databases: list[str] = []

    def open_postgres(self, *, kept: bool = True) -> Postgres:
        """Start Postgres, with what was kept of the last shop, or use the one that DATABASE_URL names."""
        named = os.environ.get("DATABASE_URL")
        self.postgres = Given(named) if named else Embedded(self.scratch, shop.kept_file() if kept else None)
        return self.postgres

    def database(self, name: str, template: str = "template1") -> str:
        """Make a database of this run and return its address."""
        assert self.postgres
        name = f"{name}_{os.getpid()}"
        self.postgres.drop(name)
        self.databases.append(name)
        self.postgres.create(name, template)
        return self.postgres.url(name)

    def open_shop(self, broker_url: str, template: str) -> shop.Shop:
        """Copy the filled shop and start Saleor's web server and worker on it."""
        database = self.database(_RUN, template)
        media = self.scratch.folder / "media"
        shutil.copytree(shop.media_folder(), media)
        found = shop.Shop(database, broker_url, free_port(8000 * self.wished_ports), self.scratch, media)
        assert self.postgres
        self.postgres.sql(
            f"UPDATE django_site SET domain = '127.0.0.1:{found.port}'", database.rsplit("/", 1)[-1]
        )
        self.start_web(found)
        self.start_worker(found)
        return found

    def start_web(self, found: shop.Shop) -> None:
        """Saleor's API: threads on 2.10, ASGI on 3.x, which serves the Dashboard's requests only that way."""
        server = (_ASGI if has_saleor3() else _WSGI).format(port=found.port)
        command: run.Command = [saleor().python, *server.split()]
        environ = found.environ()
        self.processes.start("saleor", command, env=environ, ready=lambda: client.answers(found.address))

    def start_worker(self, found: shop.Shop) -> None:
        """Saleor's Celery worker, with the beat that sweeps."""
        schedule = self.scratch.folder / "saleor-beat"
        command: run.Command = [saleor().python, *_WORKER.split(), "--schedule", schedule]
        self.processes.start("saleor-worker", command, env=found.environ(), ready="ready.")

    def close(self) -> None:
        """Stop all of it and remove what it wrote."""
        self.processes.stop()
        if self.postgres:
            for name in self.databases:
                with contextlib.suppress(Exception):
                    self.postgres.drop(name)
            self.postgres.stop()
        self.scratch.remove()


@contextlib.contextmanager
def house(wished_ports: bool = False) -> Iterator[House]:
    """A house that is closed whatever happens: an error, Ctrl-C, a lost terminal, a kill."""

    def stop(number: int, frame: types.FrameType | None) -> None:
        run.end_all()
        raise Stopped(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    opened = House(wished_ports)
    try:
        yield opened
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        opened.close()
