"""`make lint`: style, import rules and types."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from devshop import environments, house, run, terminal
from devshop.environments import BRIDGE, TOOLS, saleor
from devshop.places import ROOT


def main() -> int:
    """Make what it needs and run it."""
    with house.house():
        with terminal.step("Environments") as line:
            environments.make(line, tests=True)
        return 0 if check() else 1


def check() -> bool:
    """Run every tool, show what the unhappy ones say, and return whether all are happy."""
    results = [_run(title, command) for title, command in _commands().items()]
    return all(results)


def _commands() -> dict[str, Sequence[str | Path]]:
    types: run.Command = [TOOLS.script("mypy"), "--no-error-summary", "--python-executable"]
    return {
        "ruff check": [TOOLS.script("ruff"), "check", "--quiet", "."],
        "ruff format": [TOOLS.script("ruff"), "format", "--check", "--quiet", "."],
        "import rules": [TOOLS.script("lint-imports"), "--no-cache"],
        "types, plugins": [*types, saleor().python, "-p", "saleor_plugins", "-p", "devshop"],
        "types, bridge": [*types, BRIDGE.python, "-p", "shopify_bridge"],
    }


def _run(title: str, command: Sequence[str | Path]) -> bool:
    with terminal.step(title) as line:
        done = subprocess.run(
            list(map(str, command)),
            cwd=ROOT,
            env=run.clean_environ(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        line.good = done.returncode == 0
    if done.returncode:
        print(done.stdout)
    return done.returncode == 0
