"""`make test`: lint and every test, each where it belongs, on servers of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from devshop import broker, environments, house, lint, run, terminal
from devshop.environments import BRIDGE, Environment, generation, saleor, saleor_folder
from devshop.places import ROOT

_SECONDS_TO_STOP = 20


def main() -> int:
    """Run all of it, whatever fails on the way, and return 1 if anything did."""
    started = time.monotonic()
    results: dict[str, bool] = {}
    with house.house() as opened:
        terminal.headline("Getting ready")
        with terminal.step("Environments") as line:
            environments.make(line, tests=True)
        with terminal.step("Postgres and a broker") as line:
            postgres = opened.open_postgres(kept=False)
            url = broker.start(opened.processes, opened.scratch)
            opened.processes.wait(line.say)
            line.say(f"Postgres {postgres.sql('SHOW server_version')}, {broker.describe(url)}")
        terminal.headline("Lint")
        results["lint"] = lint.check()
        for environment, name in ((saleor(), "saleor"), (BRIDGE, "bridge")):
            terminal.headline(f"Tests in the environment of {name}")
            results[f"tests, {name}"] = _pytest(environment, opened.database(f"devshop_{name}"), url)
    return _summary(results, time.monotonic() - started)


def _pytest(environment: Environment, database_url: str, broker_url: str) -> bool:
    """Run what this environment collects (tests/conftest.py says what), with pytest's own output."""
    colour = "--color=yes" if terminal.ALIVE else "--color=no"
    command = [str(environment.python), "-m", "pytest", "-q", colour]
    environ = {
        "DATABASE_URL": database_url,
        "DEVSHOP_BROKER_URL": broker_url,
        "PYTHONWARNINGS": "ignore",
        # The bridge's documents are held against the schema of the Saleor that is here.
        f"SALEOR{generation()}_SCHEMA": str(saleor_folder() / "graphql" / "schema.graphql"),
    }
    chosen = _chosen(environment)
    if chosen is None:
        print("nothing chosen here")
        return True
    process = subprocess.Popen([*command, *chosen], cwd=ROOT, env=run.clean_environ(environ))
    try:
        code = process.wait()
    except house.Stopped:
        _let_finish(process)
        raise
    # 5: nothing was collected, which is fine when somebody chose tests of the other environment.
    return code == 0 or (code == 5 and bool(chosen))


def _let_finish(process: subprocess.Popen[bytes]) -> None:
    """Let pytest end what its tests started, as on Ctrl-C."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(_SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _chosen(environment: Environment) -> list[str] | None:
    """What `make test PYTEST="..."` hands on to pytest; None when it only names tests of the other one."""
    given = os.environ.get("PYTEST", "").split()
    paths = [part for part in given if (ROOT / part.split("::")[0]).exists()]
    others = [path for path in paths if ("bridge" in path) != (environment is BRIDGE)]
    if paths and others == paths:
        return None
    return [part for part in given if part not in others]


def _summary(results: dict[str, bool], seconds: float) -> int:
    terminal.headline("Result")
    for name, good in results.items():
        print(f"{terminal.tick(good)} {name}")
    print(f"in {seconds:.0f} s with Python {sys.version.split()[0]}, {Path(saleor().folder).name}")
    return 0 if all(results.values()) else 1
