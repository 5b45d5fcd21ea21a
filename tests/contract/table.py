"""Writes the table of docs/platform-contract.md from real runs.

    pytest tests/contract --contract-report=saleor2.json      (where Saleor 2.10 is installed)
    pytest tests/contract --contract-report=saleor3.json      (where Saleor 3.x is installed)
    python -m tests.contract.table saleor2.json saleor3.json

A cell counts the cases of a promise: passed / run. "-" says that the promise does not apply there.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs" / "platform-contract.md"
BEGIN, END = "<!-- table: python -m tests.contract.table -->", "<!-- end of table -->"


def main(paths: list[str]) -> None:
    """Replace the page's table by one made from the reports at `paths`."""
    reports = [json.loads(Path(path).read_text()) for path in paths]
    # Memory runs beside each Saleor: one of the runs is enough.
    rows = reports[0] + [row for report in reports[1:] for row in report if row["shop"] != "memory"]
    page = PAGE.read_text()
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{table(rows)}\n{END}{after}")


def table(rows: list[dict[str, Any]]) -> str:
    """The results as Markdown: one heading per method, one line per promise, one column per shop."""
    shops = sorted({row["shop"] for row in rows}, key=lambda name: (name != "memory", _version(name)))
    counts: dict[tuple[str, str], dict[str, Counter[str]]] = {}
    for row in rows:
        cells = counts.setdefault((row["about"], row["promise"]), {})
        cells.setdefault(row["shop"], Counter())[row["outcome"]] += 1
    lines = [_summary(counts, shops)]
    for about in dict.fromkeys(key[0] for key in counts):
        lines += [
            "",
            f"### {about}",
            "",
            f"| promise | {' | '.join(shops)} |",
            "| --- |" + " --- |" * len(shops),
        ]
        for (method, promise), cells in counts.items():
            if method == about:
                found = " | ".join(_cell(cells.get(name, Counter())) for name in shops)
                lines.append(f"| {promise.replace('|', '/')} | {found} |")
    return "\n".join(lines) + "\n"


def _summary(counts: dict[tuple[str, str], dict[str, Counter[str]]], shops: list[str]) -> str:
    parts = []
    for name in shops:
        whole: Counter[str] = sum((cells.get(name, Counter()) for cells in counts.values()), Counter())
        parts.append(f"{name}: {whole['passed']} passed, {whole['failed']} failed")
    return f"{len(counts)} promises. {'; '.join(parts)}."


def _cell(outcomes: Counter[str]) -> str:
    ran = outcomes["passed"] + outcomes["failed"]
    return f"{outcomes['passed']}/{ran}" if ran else "-"


def _version(name: str) -> list[int]:
    return [int(part) for part in name.split(".") if part.isdigit()]


if __name__ == "__main__":
    main(sys.argv[1:])
