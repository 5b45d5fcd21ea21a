"""Faults are met with committed rows, real processes and real sockets; the counts are printed at the end."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from saleor_plugins.delivery.registry import Registry, registry

ROOT = Path(__file__).parents[2]
_counts: list[str] = []


@pytest.fixture
def count() -> Callable[[str], None]:
    """Say in the summary what was counted."""
    return _counts.append


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if _counts:
        terminalreporter.section("faults, counted")
        for line in _counts:
            terminalreporter.write_line(line)


# Rows are committed, and only delivery's tables are emptied: Saleor has a hundred.
COMMITTED = pytest.mark.django_db(transaction=True, available_apps=["saleor_plugins.delivery"])


@pytest.fixture
def oracle(transactional_db: None) -> None:
    """The tables of `handlers`, empty."""
    from django.db import connection

    from tests.fault import handlers

    with connection.cursor() as cursor:
        cursor.execute(handlers.TABLES)


@pytest.fixture
def own_registry(monkeypatch: pytest.MonkeyPatch) -> Registry:
    """An empty registry: what the rooms registered is not at work here."""
    for name, value in vars(Registry()).items():
        monkeypatch.setattr(registry, name, value)
    return registry


@pytest.fixture
def own_handlers(own_registry: Registry) -> None:
    """The handlers of the processes that are killed, so that this one writes rows for them."""
    import importlib

    from tests.fault import handlers

    importlib.reload(handlers)


def rows(query: str) -> list[Any]:
    """What a query finds, as tuples, or as values where it has one column."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(query)
        return [row[0] if len(row) == 1 else row for row in cursor.fetchall()]


def wait_until(true: Callable[[], bool], seconds: float) -> float:
    """How long it took; fails after `seconds`."""
    start = time.monotonic()
    while not true():
        assert time.monotonic() - start < seconds, f"not within {seconds} s"
        time.sleep(0.05)
    return time.monotonic() - start


def at_once(call: Callable[[int], Any], times: int) -> list[Any]:
    """The answers, or errors, of calls that begin together, each on a connection of its own."""
    from django.db import connection

    gate, answers = threading.Barrier(times), [None] * times

    def run(number: int) -> None:
        gate.wait()
        try:
            answers[number] = call(number)
        except Exception as error:
            answers[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@dataclass
class Processes:
    """Processes of ours, each with its children in a group of its own."""

    folder: Path
    env: dict[str, str]
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        log = (self.folder / f"log{len(self.running)}").open("wb")
        process = subprocess.Popen(
            command, cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
        )
        self.running.append(process)
        return process

    def python(self, *arguments: str) -> subprocess.Popen[bytes]:
        return self.start(sys.executable, "-W", "ignore", *arguments)

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Kill -9 it and all its children."""
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def log(self, number: int) -> str:
        return (self.folder / f"log{number}").read_text(errors="replace")

    def logs(self) -> str:
        return "\n".join(map(self.log, range(len(self.running))))


@pytest.fixture
def processes(tmp_path: Path, oracle: None) -> Iterator[Processes]:
    """Starts processes that work on the test database; ends what is left of them."""
    from django.db import connection

    at = connection.settings_dict
    login = f"{at['USER']}:{at['PASSWORD']}" if at["PASSWORD"] else at["USER"]
    url = f"postgres://{login}@{at['HOST'] or '127.0.0.1'}:{at['PORT'] or 5432}/{at['NAME']}"
    env = {**os.environ, "FAULT_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.fault.bare"}
    house = Processes(tmp_path, env)
    yield house
    for process in house.running:
        house.kill(process)


@pytest.fixture
def listener() -> Iterator[Callable[[], int]]:
    """A socket on every loopback address of one port; answers how many have connected."""
    with socket.create_server(("127.0.0.1", 0)) as four:
        port = four.getsockname()[1]
        sockets = [four]
        if socket.has_ipv6:
            with contextlib.suppress(OSError):
                sockets.append(socket.create_server(("::1", port), family=socket.AF_INET6))
        yield _Listener(port, sockets)
        for each in sockets[1:]:
            each.close()


class _Listener:
    def __init__(self, port: int, sockets: list[socket.socket]) -> None:
        self.port, self.sockets = port, sockets

    def __call__(self) -> int:
        found = 0
        for each in self.sockets:
            each.settimeout(0.05)
            with contextlib.suppress(OSError):
                while True:
                    each.accept()[0].close()
                    found += 1
        return found
