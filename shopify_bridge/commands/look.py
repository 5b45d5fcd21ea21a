"""status and doctor: how a connection does, and what is wrong with it."""

from __future__ import annotations

import argparse
from typing import Any

from rich.markup import escape
from rich.table import Table

from .. import terminal
from ..models import Store
from ..usecases.doctor import examine
from ..usecases.findings import OK, PROBLEM, Finding
from ..usecases.status import report
from .common import one_store

_COLORS = {"problem": "red", "warning": "yellow", "ok": "green"}
_SHOWN = 20


def status(arguments: argparse.Namespace) -> int:
    """Show connections, how far behind they are, and work."""
    stores = Store.objects.filter(name=arguments.store) if arguments.store else Store.objects.all()
    reports = [report(store) for store in stores.order_by("name")]
    if arguments.json:
        terminal.print_json(reports)
        return 0
    if not reports:
        terminal.say("There is no connection yet; `shopify-bridge connect` makes one.")
    for item in reports:
        _show(item)
    return 0


def _show(item: dict[str, Any]) -> None:
    rows = [(name, _value(value)) for name, value in item.items() if name not in ("parked", "runs", "name")]
    terminal.table(item["name"], ["", ""], rows)
    if item["runs"]:
        terminal.table(
            "Last runs",
            ["began", "why", "took", "done", "parked", "open"],
            [
                [run[name] for name in ("began", "why", "took", "done", "parked", "open")]
                for run in item["runs"]
            ],
        )
    for row in item["parked"][:_SHOWN]:
        terminal.complain(f"parked {row['id']}: {row['verb']} {row['label']}: {row['reason']}")
    if len(item["parked"]) > _SHOWN:
        terminal.complain(f"and {len(item['parked']) - _SHOWN:,} more; --json lists them")
    if item["parked"]:
        terminal.hint(f"`replay {item['name']}` tries them again, `replay {item['name']} ID` one of them.")


def _print(finding: Finding) -> None:
    color = _COLORS[finding.level]
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=8)
    grid.add_column(overflow="fold")
    grid.add_row(
        f"[{color}]{finding.level}[/{color}]", f"[bold]{finding.what}[/bold]: {escape(finding.said)}"
    )
    if finding.mend:
        grid.add_row("", f"[dim]→ {escape(finding.mend)}[/dim]")
    terminal.out.print(grid)


def _value(value: Any) -> str:
    if value is None:
        return "never"
    if hasattr(value, "strftime") and hasattr(value, "hour"):
        return f"{value:%Y-%m-%d %H:%M:%S} UTC"
    return f"{value:,}" if isinstance(value, int) else str(value)


def doctor(arguments: argparse.Namespace) -> int:
    """Look for what is wrong, and say how to mend it. Exit code 1 when there is a problem."""
    store = one_store(arguments)
    findings = []
    for finding in examine(store):
        findings.append(finding)
        if not arguments.json:
            _print(finding)
    problems = sum(finding.level == PROBLEM for finding in findings)
    if arguments.json:
        terminal.print_json([finding.as_json() for finding in findings])
    elif all(finding.level == OK for finding in findings):
        terminal.say("Nothing is wrong.")
    return 1 if problems else 0
