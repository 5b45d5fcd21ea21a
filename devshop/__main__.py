"""`python -m devshop demo|serve|test|lint`."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from pathlib import Path

COMMANDS = {
    "demo": "play the whole story on a real shop and show the proof of each step",
    "serve": "keep a shop running until Ctrl-C",
    "test": "lint, and every test",
    "lint": "ruff, import rules, types",
}
_LINES_OF_LOG = 15
_INTERRUPTED = 130


def main() -> int:
    """Run the command and return the exit code."""
    parser = argparse.ArgumentParser(prog="devshop", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in COMMANDS.items():
        commands.add_parser(name, help=text)
    chosen = parser.parse_args().command
    if not (3, 11) <= sys.version_info[:2] <= (3, 12):
        print("This needs Python 3.11 or 3.12: make PYTHON=python3.11 ...", file=sys.stderr)
        return 2
    os.environ["DEVSHOP_COMMAND"] = chosen
    return _run(chosen)


def _run(chosen: str) -> int:
    # Imported late: they read from the environment which command this is.
    from devshop.house import Stopped
    from devshop.places import Failed

    try:
        return int(importlib.import_module(f"devshop.{chosen}").main())
    except Failed as failure:
        return _tell(str(failure), failure.log)
    except (Stopped, KeyboardInterrupt):
        print("\nStopped.")
        return _INTERRUPTED


def _tell(message: str, log: Path | None) -> int:
    from devshop import terminal

    print(f"\n{terminal.paint(message, '31;1')}", file=sys.stderr)
    if log:
        print(f"The {'log' if log.is_file() else 'logs'}: {log}", file=sys.stderr)
        if log.is_file():
            lines = log.read_text(errors="replace").splitlines()[-_LINES_OF_LOG:]
            print("\n".join(f"    {line}" for line in lines), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
