from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest
from celery import Celery, current_app

from saleor_plugins.delivery import wake


@pytest.fixture(autouse=True)
def awake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wake, "_rest_until", 0.0)


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that takes connections and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def _use(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Celery lets the environment overrule its settings.
    monkeypatch.setenv("CELERY_BROKER_URL", url)
    app = Celery(set_as_current=False)
    monkeypatch.setattr(wake, "current_app", app)


@pytest.mark.parametrize(
    "url", ["redis://127.0.0.1:1/0", "amqp://127.0.0.1:1//", "redis://no.such.invalid/0"]
)
def test_a_dead_broker_raises_nothing(
    url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    _use(url, monkeypatch)
    wake.wake()
    assert "the beat will find the work" in caplog.text


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
def test_a_silent_broker_costs_a_second_once(
    scheme: str, silent: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    _use(f"{scheme}://127.0.0.1:{silent}/", monkeypatch)
    start = time.monotonic()
    for _ in range(1000):
        wake.wake()
    # One attempt of a second; the other 999 do not even try.
    assert time.monotonic() - start < 5
    assert caplog.text.count("the beat will find the work") == 1


def test_it_asks_again_after_the_rest(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    _use("redis://127.0.0.1:1/0", monkeypatch)
    wake.wake()
    monkeypatch.setattr(wake, "_rest_until", time.monotonic() - 1)
    wake.wake()
    assert caplog.text.count("the beat will find the work") == 2


def test_tasks_survive_a_killed_worker() -> None:
    for name in ("relay", "sweep"):
        task = current_app.tasks[f"saleor_plugins.delivery.{name}"]
        assert task.acks_late
        assert task.reject_on_worker_lost
        assert task.ignore_result
        # Saleor 3.x's own base class complains about every write.
        assert "RestrictWriterDBTask" not in [base.__name__ for base in type(task).__mro__]
