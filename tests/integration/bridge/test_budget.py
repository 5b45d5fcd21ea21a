"""One budget for several processes: they take turns at a store on the Standard plan, and few are THROTTLED."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
PROCESSES, SECONDS = 4, float(os.environ.get("BRIDGE_BUDGET_SECONDS", "6"))
WORKER = """
import sys, time, json, django
django.setup()
from shopify_bridge.shopify.client import Client
from shopify_bridge.usecases.budget import budget_for
shop, number, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
client = Client(shop, "shpat_test", budget=budget_for(shop))
first = [30, 60, 100, 200][number % 4]
ends, waits, done = time.monotonic() + seconds, [], 0
while time.monotonic() < ends:
    began = time.monotonic()
    client.run("BridgeStore") if number % 2 else client.run("BridgeUpdatedAt", ids=[
        f"gid://shopify/Product/{n}" for n in range(first)
    ])
    done += 1
    waits.append(time.monotonic() - began)
print(json.dumps({"done": done, "longest": max(waits), "calls": client.calls}))
"""


@pytest.fixture
def standard(tmp_path: Path) -> Any:
    from shopify_bridge.sandbox.server import Sandbox
    from shopify_bridge.sandbox.store import Shop

    with Sandbox(tmp_path / "store", Shop(token="shpat_test"), fetch_media=False) as server:
        yield server


def run(standard: Any, database: dict[str, Any]) -> list[dict[str, Any]]:
    url = f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
    environment = os.environ | {
        "DATABASE_URL": f"{url}/{database['NAME']}",
        "SECRET_KEY": "only for tests",
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "shopify_bridge.settings",
    }
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, standard.url, str(number), str(SECONDS)],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(PROCESSES)
    ]
    return [json.loads(process.communicate(timeout=60 + SECONDS)[0]) for process in processes]


def test_processes_share_one_budget(standard, transactional_db) -> None:
    from django.db import connection

    from shopify_bridge.models import Bucket
    from shopify_bridge.shopify.client import Client
    from shopify_bridge.usecases.budget import budget_for

    answers: Counter[str] = Counter()
    charged: list[float] = []
    execute = standard.store.execute

    def counted(body: Any) -> Any:
        answer = execute(body)
        answers["throttled" if "errors" in answer else "answered"] += 1
        charged.append(answer["extensions"]["cost"]["actualQueryCost"] or 0)
        return answer

    standard.store.execute = counted
    # Nearly empty: from the first call on, they live on what is restored.
    standard.store.bucket.reserve(1900)
    Client(standard.url, "shpat_test", budget=budget_for(standard.url)).run("BridgeStore")
    began = time.monotonic()
    reports = run(standard, connection.settings_dict)
    passed = time.monotonic() - began
    assert all(report["done"] >= 2 for report in reports), f"somebody starved: {reports}"
    assert answers["throttled"] <= max(PROCESSES, 0.05 * answers["answered"]), answers
    assert sum(charged) <= 2000 + 100 * passed
    assert sum(charged) >= 0.5 * 100 * SECONDS, "the budget is used, not only kept"
    row = Bucket.objects.get(shop=standard.url)
    assert (row.size, row.rate) == (2000, 100) and row.costs
    print(reports, dict(answers), round(sum(charged)), round(passed, 1))


def test_other_apps_that_spend_are_noticed(standard, transactional_db) -> None:
    from shopify_bridge.shopify.client import Client
    from shopify_bridge.usecases.budget import budget_for

    waits: list[float] = []
    client = Client(standard.url, "shpat_test", sleep=waits.append, budget=budget_for(standard.url))
    client.run("BridgeStore")
    standard.store.bucket.reserve(1800)
    client.run("BridgeStore")
    waits.clear()
    client.run("BridgeUpdatedAt", ids=[f"gid://shopify/Product/{n}" for n in range(250)])
    assert waits and waits[0] > 0.3


def test_nobody_is_locked_out_while_one_waits(standard, transactional_db) -> None:
    """A reservation is one short statement: the row is free while its owner sleeps."""
    from django.db import connection

    from shopify_bridge.shopify.budget import Spent, Ticket
    from shopify_bridge.usecases.budget import DatabaseBudget

    budget = DatabaseBudget(standard.url)
    budget.settle(Ticket(), Spent(0, 0, 0, 2000, 100))
    budget.reserve(0, 60)
    budget.settle(Ticket(), Spent(0, 0, 0, 2000, 100))
    waits = []

    def other() -> None:
        waits.append(DatabaseBudget(standard.url).reserve(100, 60).wait)
        connection.close()

    first = budget.reserve(300, 60).wait
    threads = [threading.Thread(target=other) for _ in range(3)]
    [thread.start() for thread in threads]
    [thread.join(5) for thread in threads]
    assert first == pytest.approx(3, abs=0.3)
    assert sorted(waits) == [pytest.approx(at, abs=0.5) for at in (4, 5, 6)]


def test_a_wait_that_is_too_long_for_a_worker_takes_nothing(standard, transactional_db) -> None:
    from shopify_bridge.models import Bucket
    from shopify_bridge.shopify.errors import Unreachable
    from shopify_bridge.usecases.budget import DatabaseBudget

    budget = DatabaseBudget(standard.url)
    budget.reserve(0, 60)
    budget.pause(30)
    with pytest.raises(Unreachable) as caught:
        budget.reserve(10, 4)
    assert 25 < caught.value.after < 31
    assert Bucket.objects.get().held == 0
