"""How long until a change in Saleor is in the Shopify store: webhook over HTTP, real worker, real Postgres.

    DATABASE_URL=postgres://…/empty python -m benchmarks.bridge_latency [--changes 40] [--busy]

Saleor is played by the tests' fake over HTTP, Shopify by the sandbox; `serve` and `worker` are processes of
their own, the broker is a folder. `--busy` keeps an apply of 2,000 products, one by one, at work meanwhile.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import os
import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

SECRET = "hush"  # noqa: S105 - of a fake shop


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=40)
    parser.add_argument("--busy", action="store_true", help="while an apply of 2,000 products is at work")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "SECRET_KEY": secrets.token_urlsafe(32),
            "CELERY_BROKER_URL": f"filesystem://{folder}/broker",
            "DJANGO_SETTINGS_MODULE": "shopify_bridge.settings",
            "CELERY_BEAT_FILE": f"{folder}/beat",
        }
        _measure(arguments, Path(folder))
    return 0


def _measure(arguments: argparse.Namespace, folder: Path) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from shopify_bridge.sandbox.server import Sandbox
    from shopify_bridge.sandbox.store import Shop
    from tests.integration.bridge.fake_saleor import FakeSaleor

    call_command("migrate", verbosity=0)
    call_command("flush", verbosity=0, interactive=False)
    shop = Shop(token="shpat_bench", plan="standard")  # noqa: S106 - of a local store
    with FakeSaleor("v3") as saleor, Sandbox(folder / "store", shop, fetch_media=False) as sandbox:
        for number in range(1, arguments.changes + 1):
            saleor.product(number, f"Product {number}")
        store = _connect(saleor, sandbox)
        _apply(store)
        with _processes(folder) as base:
            if arguments.busy:
                type(store).objects.filter(pk=store.pk).update(policy={"bulk": "never"})
                store.refresh_from_db()
                for number in range(10_001, 12_001):
                    saleor.product(number, f"Import {number}")
                _record(store)
            seconds = [
                _one(store, saleor, sandbox, base, doc, number)
                for number, doc in enumerate(saleor.products[: arguments.changes])
            ]
        _print(seconds, arguments.busy)


def _connect(saleor: Any, sandbox: Any) -> Any:
    from shopify_bridge.models import Store
    from shopify_bridge.usecases.connect import Connection, connect
    from tests.integration.bridge.fake_saleor import TOKEN

    given = Connection("bench", saleor.url, TOKEN, sandbox.url, "shpat_bench", "default", None, SECRET)
    store, _ = connect(given, {}, by_order=True)
    Store.objects.filter(pk=store.pk).update(saleor_secrets=SECRET)
    store.refresh_from_db()
    return store


def _apply(store: Any) -> None:
    from saleor_plugins.delivery.relay import drain

    _record(store)
    while store.changes.filter(state__in=("PENDING", "WORKING")).exists():
        drain()
        time.sleep(0.2)


def _record(store: Any) -> None:
    from shopify_bridge.usecases.apply import prepare, record
    from shopify_bridge.usecases.plan import make_plan
    from shopify_bridge.usecases.sides import Sides

    sides = Sides(store)
    prepare(sides)
    record(store, make_plan(sides))


class _processes:
    """`serve` and `worker`; answers where the former listens."""

    def __init__(self, folder: Path):
        self._log = folder / "worker.log"

    def __enter__(self) -> str:
        command = [sys.executable, "-m", "shopify_bridge.cli"]
        self._serve = subprocess.Popen(  # noqa: S603 - ourselves
            [*command, "serve", "--port", "0"], stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL
        )
        self._worker = subprocess.Popen([*command, "worker"], stderr=self._log.open("w"))  # noqa: S603
        base = self._serve.stdout.readline().split()[-1]  # type: ignore[union-attr]
        deadline = time.monotonic() + 60
        while "ready." not in self._log.read_text():
            if time.monotonic() > deadline:
                raise SystemExit(self._log.read_text())
            time.sleep(0.1)
        return base

    def __exit__(self, *_: object) -> None:
        for process in (self._serve, self._worker):
            process.send_signal(signal.SIGTERM)
        for process in (self._serve, self._worker):
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


def _one(store: Any, saleor: Any, sandbox: Any, base: str, doc: Any, number: int) -> float:
    """Change a product, tell of it as Saleor would, and look until the store shows it."""
    from shopify_bridge.models import Mapping

    twins = dict(Mapping.objects.filter(store=store).values_list("key", "gid"))
    gid, variant = twins[doc["id"]], twins[doc["variants"][0]["id"]]
    doc["title"] = f"Changed {number}"
    doc["variants"][0]["price"] = f"{20 + number}.00"
    body = json.dumps({"__typename": "ProductUpdated", "product": {"id": doc["id"]}}).encode()
    headers = {
        "Saleor-Signature": hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest(),
        "Saleor-Domain": urlsplit(saleor.url).netloc,
        "Content-Type": "application/json",
    }
    began = time.monotonic()
    answer = requests.post(f"{base}webhooks/saleor/bench/", data=body, headers=headers, timeout=5)
    answer.raise_for_status()
    while True:
        product, sold = sandbox.store.state.get(gid), sandbox.store.state.get(variant)
        if (product["title"], str(sold["price"])) == (doc["title"], f"{20 + number}.00"):
            return time.monotonic() - began
        if time.monotonic() - began > 60:
            raise SystemExit(f"{doc['title']} did not arrive within a minute")
        time.sleep(0.02)


def _print(seconds: list[float], busy: bool) -> None:
    seconds.sort()
    title = "while an apply is at work" if busy else "otherwise idle"
    print(f"From Saleor's webhook to the store, {title}, {len(seconds)} changes:")
    print("| median | 95 % | worst |\n| --- | --- | --- |")
    late = seconds[int(len(seconds) * 0.95)]
    print(f"| {statistics.median(seconds):.2f} s | {late:.2f} s | {seconds[-1]:.2f} s |")


if __name__ == "__main__":
    sys.exit(main())
