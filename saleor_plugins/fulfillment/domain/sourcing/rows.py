"""What is shipped as one: the units of a variant, or a bundle that leaves whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..facts import Line
from ..solver.problem import Pool
from .candidates import Candidate


@dataclass(frozen=True)
class Row:
    """Lines that are alike to the solver. A unit of it weighs `grams`, is `units` of the order, `takes`
    that many of each variant; `demand` are wanted."""

    lines: tuple[Line, ...]
    bundle: str
    demand: int
    grams: int
    units: int
    takes: Mapping[str, int]

    def supply(self, candidate: Candidate) -> int:
        """Units of the row that a warehouse may ship, other rows left aside."""
        if not self.bundle:
            return min(self.demand, candidate.has(self.lines[0]))
        if any(candidate.excludes(line) for line in self.lines):
            return 0
        return int(all(candidate.stock[variant] >= n for variant, n in self.takes.items()))


def rows(lines: Sequence[Line]) -> tuple[Row, ...]:
    """The rows of `lines`, in an order that does not depend on theirs."""
    groups: dict[tuple, list[Line]] = {}
    for line in sorted(lines, key=lambda line: line.id):
        alike = (line.variant_id or "", line.product_type_id, tuple(sorted(line.classes)))
        groups.setdefault((line.bundle,) if line.bundle else ("", *alike), []).append(line)
    return tuple(_row(key[0], group) for key, group in sorted(groups.items()))


def _row(bundle: str, lines: list[Line]) -> Row:
    """An unknown weight counts as nothing; single units of one variant weigh what the heaviest says."""
    wanted = sum(line.quantity for line in lines)
    if not bundle:
        takes = {lines[0].variant_id or "": 1}
        return Row(tuple(lines), "", wanted, max(line.grams or 0 for line in lines), 1, takes)
    parts: Counter[str] = Counter()
    for line in lines:
        parts[line.variant_id or ""] += line.quantity
    grams = sum((line.grams or 0) * line.quantity for line in lines)
    return Row(tuple(lines), bundle, 1, grams, wanted, dict(parts))


def pools(found: Sequence[Row], candidates: Sequence[Candidate]) -> tuple[Pool, ...]:
    """The stock that rows share, where it may not be enough for all of them."""
    users: dict[str, dict[int, int]] = {}
    for index, row in enumerate(found):
        for variant, units in row.takes.items():
            users.setdefault(variant, {})[index] = units
    result = []
    for variant, takes in sorted(users.items()):
        most = sum(units * found[index].demand for index, units in takes.items())
        if len(takes) < 2:
            continue
        stock = tuple(candidate.stock[variant] for candidate in candidates)
        if any(0 < units < most for units in stock):
            result.append(Pool(takes, stock))
    return tuple(result)
