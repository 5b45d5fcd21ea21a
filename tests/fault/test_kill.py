"""Processes that are killed or frozen at any point: nothing lost, nothing twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fault.conftest import COMMITTED, ROOT, Processes, rows, wait_until

pytestmark = COMMITTED

SEED, KILLS, OPERATIONS = 20260729, 50, 400


def test_random_kills_lose_nothing_and_repeat_nothing(
    processes: Processes, count: Callable[[str], None]
) -> None:
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "tests.fault.crash",
        *map(str, (SEED, KILLS, OPERATIONS)),
    ]
    done = subprocess.run(command, cwd=ROOT, env=processes.env, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)

    happened = Counter(rows("SELECT op FROM fault_op"))
    made = Counter(rows("SELECT op FROM fault_effect"))
    outside = Counter(rows("SELECT op FROM fault_outside"))
    keys = rows("SELECT DISTINCT op, key FROM fault_outside")
    lost = happened - made
    twice = made - happened
    count(
        f"kill -9, seed {SEED}: {sum(happened.values())} operations, {told['kills']}, drained in "
        f"{told['drained_s']} s; atomic: {lost.total()} lost, {twice.total()} twice; not atomic: "
        f"{len(set(happened) - set(outside))} lost, {outside.total() - len(outside)} repeated with their key"
    )
    assert sum(happened.values()) == len(happened) == OPERATIONS
    assert sum(told["kills"].values()) - told["kills"].get("gone", 0) >= KILLS
    assert told["kills"]["in a handler"] >= 5
    assert told["kills"]["in a transaction that emits"] >= 5
    assert told["waiting"] == 0
    assert (lost.total(), twice.total()) == (0, 0)
    # At least once, and always with the same key, by which the other side recognises it.
    assert set(outside) == set(happened)
    assert len(keys) == OPERATIONS
    assert rows("SELECT DISTINCT state FROM ops_delivery_delivery") == ["DONE"]


@pytest.mark.parametrize("where", ["before its transaction", "inside its transaction"])
def test_a_worker_that_was_frozen_past_its_lease_writes_nothing(
    where: str, processes: Processes, own_handlers: None, tmp_path: Path, count: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from saleor_plugins.delivery import emit, relay
    from saleor_plugins.delivery.models import Delivery

    inside = tmp_path / "inside"
    emit("fault.freeze", {"inside": str(inside), "seconds": 0.5})
    if where.startswith("before"):
        stale = relay.claim()
        assert stale
        Delivery.objects.update(due_at=stale.event.created)  # its lease ends
        assert relay.run() == 1
        assert isinstance(relay.deliver(stale), relay.Stale)
    else:
        frozen = processes.python("-m", "tests.fault.worker", "2")
        wait_until(inside.exists, 20)
        os.kill(frozen.pid, signal.SIGSTOP)
        taken = wait_until(lambda: relay.run() == 1, 20)
        os.kill(frozen.pid, signal.SIGCONT)
        wait_until(lambda: "failed" in processes.logs() or "taken over" in processes.logs(), 20)
        assert frozen.poll() is None, "it should survive, and go on working"
        count(f"frozen {where}: another worker took over after {taken:.1f} s (lease 2 s)")
    # The second attempt's effect and no trace of the first one's.
    assert rows("SELECT op, attempt FROM fault_effect") == [(1, 2)]
    assert rows("SELECT state, attempts FROM ops_delivery_delivery") == [("DONE", 2)]
    count(f"frozen {where}: 1 effect, 0 stale writes")
