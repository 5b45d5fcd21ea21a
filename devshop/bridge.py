"""The bridge beside the shop: a local Shopify store, a worker, an ear for webhooks, the command line."""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from devshop import client, run
from devshop.embedded import free_port
from devshop.environments import BRIDGE
from devshop.house import House
from devshop.places import LOGS, Failed, secret
from devshop.shop import Shop

_DATABASE = "devshop_bridge"


@dataclass
class Bridge:
    """Addresses and secrets of the bridge and its store."""

    database_url: str
    broker_url: str
    port: int
    address: str
    folder: Path
    password: str

    @property
    def store(self) -> str:
        """The local Shopify store's address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def token(self) -> str:
        """What the store's Admin API asks for."""
        return "shpat_" + secret("shopify")

    def environ(self) -> dict[str, str]:
        """Return what its processes and commands need."""
        return {
            "DATABASE_URL": self.database_url,
            "CELERY_BROKER_URL": self.broker_url,
            "SECRET_KEY": secret("bridge"),
            "SALEOR_PASSWORD": self.password,
            "SHOPIFY_TOKEN": self.token,
            "SHOPIFY_WEBHOOK_SECRET": secret("shopify-webhooks"),
            "CELERY_BEAT_FILE": str(self.folder / "beat"),
        }

    def __call__(self, *arguments: str) -> tuple[int, str]:
        """Run `shopify-bridge` and return its exit code and output; the log gets both."""
        command = [str(BRIDGE.script("shopify-bridge")), *arguments]
        done = subprocess.run(
            command,
            env=run.clean_environ(self.environ()),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        with self.log.open("a") as log:
            log.write(
                f"$ shopify-bridge {' '.join(arguments)}\n{done.stdout}{done.stderr}[{done.returncode}]\n"
            )
        return done.returncode, done.stdout

    def must(self, *arguments: str) -> str:
        """Run it and return its output. Raises Failed unless it exits with 0."""
        code, out = self(*arguments)
        if code:
            raise Failed(f"shopify-bridge {arguments[0]} ended with exit code {code}", self.log)
        return out

    def script(self) -> Path:
        """Write a `shopify-bridge` that has its environment in it, and return it."""
        file = self.folder / "shopify-bridge"
        settings = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in self.environ().items())
        file.write_text(f'#!/bin/sh\n{settings}exec {BRIDGE.script("shopify-bridge")} "$@"\n')
        file.chmod(0o700)
        return file

    @property
    def log(self) -> Path:
        return LOGS / "shopify-bridge.log"


def start(opened: House, shop: Shop) -> Bridge:
    """Make its tables, start the store and the worker; ready when `opened.processes` is."""
    run.start_log("shopify-bridge")
    folder = opened.scratch.make("bridge", 0o700)
    port = free_port(8899 * opened.wished_ports)
    ear = free_port(8900 * opened.wished_ports)
    address = f"http://127.0.0.1:{ear}"
    bridge = Bridge(opened.database(_DATABASE), shop.broker_url, port, address, folder, shop.password)
    program, environ = BRIDGE.script("shopify-bridge"), bridge.environ()
    store: run.Command = [program, "sandbox", "--port", str(bridge.port), "--store-dir", folder / "store"]
    # The rate limits of Shopify Plus: those of the smallest plan make the story a story of waiting.
    store += ["--plan", "plus"]
    opened.processes.start(
        "shopify-store", store, env=environ, cwd=folder, ready=lambda: _answers(f"{bridge.store}/healthz")
    )
    bridge.must("migrate")
    opened.processes.start("bridge-worker", [program, "worker"], env=environ, cwd=folder, ready="ready.")
    opened.processes.start(
        "bridge-webhooks",
        [program, "serve", "--port", str(ear)],
        env=environ,
        cwd=folder,
        ready=lambda: _answers(f"{address}/healthz"),
    )
    return bridge


def _answers(address: str) -> bool:
    try:
        return client.fetch(address, timeout=5)[0] == 200
    except OSError:
        return False
