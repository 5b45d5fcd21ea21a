"""A store that throttles, fails and loses answers; a bridge that is killed. Both sides end up equal, once."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from .fake_saleor import gid

ROOT = Path(__file__).parents[3]
# The whole: BRIDGE_KILLS=200 BRIDGE_KILL_PRODUCTS=400 BRIDGE_KILL_ORDERS=300, some 1,000 changes and more.
KILLS = int(os.environ.get("BRIDGE_KILLS", "12"))
PRODUCTS = int(os.environ.get("BRIDGE_KILL_PRODUCTS", "56"))
ORDERS = int(os.environ.get("BRIDGE_KILL_ORDERS", "6"))
# The command line, only with shorter pauses after a failure.
BRIDGE = """
import sys
from shopify_bridge.shopify import answers, client
client.Client._backoff = lambda self, attempt: 0.02
answers._THROTTLED_FOR = 0.02
from shopify_bridge.cli import main
sys.exit(main())
"""


def fill(saleor: Any, products: int, orders: int) -> None:
    for number in range(1, products + 1):
        saleor.product(
            number,
            f"Product {number}",
            [
                {"sku": f"P{number}-{size}", "price": f"{number}.50", "size": size, "stock": [number, index]}
                for index, size in enumerate("SML")
            ],
        )
    for number in range(1, orders + 1):
        variants = [product["variants"][number % 3] for product in saleor.products[:3]]
        order = saleor.order(number, [(variant, 2, "3.33", "3.66") for variant in variants])
        saleor.ship(order, {0: 1, 1: 2}, f"T{number}")


def stir(product: dict[str, Any], number: int) -> None:
    """A variant with another price, one more, and one less: where no order is for them."""
    product["variants"][0]["price"] = f"{number % 97 + 1}.25"
    if number % 100_000 >= 3:
        new = {"id": gid("ProductVariant", number), "sku": f"N{number}", "size": f"N{number}"}
        product["variants"].append(product["variants"][0] | new | {"stock": [number % 7, 1]})
        del product["variants"][1]


def assert_equal(saleor: Any, sandbox: Any) -> None:
    """Each product, variant, order and shipment is there once, with Saleor's stock."""
    state = sandbox.store.state
    products = [doc for _, doc in state.page("Product", 0, 10_000)]
    assert sorted(doc["title"] for doc in products) == sorted(p["title"] for p in saleor.products)
    assert state.count("ProductVariant") == sum(len(p["variants"]) for p in saleor.products)
    wanted = {v["sku"]: sorted(v["stock"]) for p in saleor.products for v in p["variants"]}
    variants = [doc for _, doc in state.page("ProductVariant", 0, 10_000)]
    items = {doc["sku"]: state.get(doc["item"]) for doc in variants}
    there = {
        sku: sorted(level["available"] for level in item["levels"].values()) for sku, item in items.items()
    }
    assert there == wanted
    orders = [doc for _, doc in state.page("Order", 0, 10_000)]
    assert sorted(doc["name"] for doc in orders) == sorted(f"S-{o['number']}" for o in saleor.orders)
    assert all(len(doc["fulfillments"]) == 1 for doc in orders)
    assert state.count("Fulfillment") == len(saleor.orders)


@pytest.mark.parametrize("sandbox_options", [{}])
def test_throttled_failing_and_lossy_store_converges(saleor, sandbox, store, planned, settings) -> None:
    from saleor_plugins.delivery.models import Delivery
    from saleor_plugins.delivery.relay import drain
    from saleor_plugins.kernel import clock
    from shopify_bridge.models import OPEN, Change
    from shopify_bridge.sandbox.faults import Faults
    from shopify_bridge.usecases import sides
    from shopify_bridge.usecases.apply import prepare, record
    from shopify_bridge.usecases.sides import Sides

    settings.BRIDGE_GRACE_SECONDS = 0
    fill(saleor, 8, 6)
    Sides(store).client._sleep = lambda seconds: time.sleep(min(seconds, 0.01))
    sandbox.faults = Faults(throttled=0.3, error=0.1, lost=0.1, seed=7)
    prepare(Sides(store))
    record(store, planned())
    for product in saleor.products:
        product["variants"][0]["stock"][0] += 10
    for _ in range(40):
        drain(strict=False)
        if not Change.objects.filter(state__in=OPEN).exists():
            break
        Delivery.objects.filter(state="PENDING").update(due_at=clock.now())
    record(store, planned())
    for _ in range(40):
        drain(strict=False)
        Delivery.objects.filter(state="PENDING").update(due_at=clock.now())
    assert list(Change.objects.filter(state="PARKED").values_list("reason")) == []
    assert planned() == []
    assert_equal(saleor, sandbox)
    counts = sandbox.faults.counts
    assert counts["throttled"] > 10 and counts["lost"] > 3 and counts.get("error-after", 0) > 1
    assert sides._clients


class Killer:
    """Kills the bridge at its n-th write, mostly after the store has carried it out, or at any moment."""

    def __init__(self, sandbox: Any, seed: int):
        self._chance, self._execute = random.Random(seed), sandbox.store.execute
        self._process: subprocess.Popen[bytes] | None = None
        self._left, self.kills, self.after_a_write, self.any_time = 0, 0, 0, 0
        sandbox.store.execute = self._answer

    def run(self, command: list[str], environment: dict[str, str]) -> int:
        """Run until the kill; a run that needs fewer writes gets through, and its exit code is answered."""
        by_time = self._chance.random() < 0.25
        self._left = 0 if by_time else self._chance.randint(1, 12)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(command, env=environment, **quiet) as process:
            self._process = process
            if by_time:
                self._at_any_time(process)
            code = process.wait()
            self._process = None
        return code

    def _at_any_time(self, process: subprocess.Popen[bytes]) -> None:
        try:
            process.wait(self._chance.uniform(1.0, 4.0))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            self.kills += 1
            self.any_time += 1

    def _answer(self, body: Any) -> Any:
        process = self._process
        self._left -= "mutation" in body["query"]
        if process is None or self._left != 0 or "mutation" not in body["query"]:
            return self._execute(body)
        after = self._chance.random() < 0.7
        answer = self._execute(body) if after else {}
        self.kills += 1
        self.after_a_write += after
        process.send_signal(signal.SIGKILL)
        process.wait()
        return answer


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("saleor", ["v2"], indirect=True)
def test_a_bridge_that_is_killed_resumes_and_writes_nothing_twice(saleor, sandbox, store) -> None:
    from django.db import connection

    from shopify_bridge.models import OPEN, Bulk, Change
    from shopify_bridge.sandbox.faults import Faults

    fill(saleor, PRODUCTS, ORDERS)
    sandbox.faults = sandbox.store.faults = Faults(throttled=0.3, error=0.1, lost=0.1, seed=11)
    environment = os.environ | {
        "DATABASE_URL": _url(connection.settings_dict),
        "SECRET_KEY": "only for tests",
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "shopify_bridge.settings",
        "BRIDGE_GRACE_SECONDS": "0.2",
        "CELERY_BROKER_URL": "",
    }
    bridge = [sys.executable, "-c", BRIDGE]
    apply = [*bridge, "apply", "test", "--yes", "--inline", "--timeout", "120"]
    killer, rounds, started = Killer(sandbox, seed=3), 0, time.monotonic()
    while killer.kills < KILLS:
        before, code = killer.kills, killer.run(apply, environment)
        assert killer.kills > before or code == 0, f"apply ended with {code}"
        if killer.kills == before:
            # It was through already: give the next one something new to do, in bulk or one by one.
            rounds += 1
            for number, product in enumerate(saleor.products[: None if rounds % 2 else 40]):
                product["title"] += "!"
                stir(product, 100_000 * rounds + number)
    assert killer.after_a_write >= KILLS / 3, "kills between Shopify's commit and ours are what counts"
    for _ in range(5):
        if subprocess.run(apply, env=environment, stdout=subprocess.DEVNULL).returncode == 0:
            break
    assert not Change.objects.filter(state__in=OPEN).exists()
    assert list(Change.objects.filter(state="PARKED").values_list("verb", "label", "reason")) == []
    assert_equal(saleor, sandbox)
    counts = dict(sandbox.faults.counts)
    sandbox.faults.clear()
    check = subprocess.run(
        [*bridge, "plan", "test", "--exit-code"], env=environment, capture_output=True, text=True
    )
    assert check.returncode == 0, check.stdout + check.stderr
    done = Change.objects.filter(state="DONE").count()
    print(
        f"{killer.kills} kills ({killer.after_a_write} after a write, {killer.any_time} at any time), "
        f"{done} changes, {Bulk.objects.count()} bulk operations, answers {counts}, "
        f"{time.monotonic() - started:.0f} s"
    )


WORKER = """
import time, django
django.setup()
from saleor_plugins.delivery.relay import run
from shopify_bridge.models import OPEN, Change
while Change.objects.filter(state__in=OPEN).exists():
    run(budget=1.0) or time.sleep(0.1)
"""


@pytest.mark.parametrize("saleor", ["v2"], indirect=True)
def test_several_workers_do_each_thing_once(saleor, sandbox, store, planned) -> None:
    from django.db import connection

    from shopify_bridge.models import Change
    from shopify_bridge.usecases.apply import prepare, record
    from shopify_bridge.usecases.sides import Sides

    fill(saleor, 56, 12)
    asked: list[str] = []
    execute = sandbox.store.execute

    def counted(body: Any) -> Any:
        asked.append(body.get("operationName") or "")
        return execute(body)

    prepare(Sides(store))
    record(store, planned())
    sandbox.store.execute = counted
    environment = os.environ | {
        "DATABASE_URL": _url(connection.settings_dict),
        "SECRET_KEY": "only for tests",
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "shopify_bridge.settings",
        "CELERY_BROKER_URL": "",
    }
    workers = [subprocess.Popen([sys.executable, "-c", WORKER], env=environment) for _ in range(3)]
    assert [worker.wait(120) for worker in workers] == [0, 0, 0]
    assert list(Change.objects.filter(state="PARKED").values_list("verb", "reason")) == []
    assert_equal(saleor, sandbox)
    assert asked.count("BridgeRunBulkMutation") == 1
    assert asked.count("BridgeCreateOrder") == asked.count("BridgeFulfill") == 12
    assert planned() == []


def _url(given: dict[str, Any]) -> str:
    return f"postgres://{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT']}/{given['NAME']}"
