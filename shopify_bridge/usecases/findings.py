"""What an examination found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from .sides import Sides

PROBLEM, WARNING, OK = "problem", "warning", "ok"


@dataclass(frozen=True)
class Finding:
    """What was looked at, how it is, and, unless it is well, what to do about it."""

    level: str
    what: str
    said: str
    mend: str = ""

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        return asdict(self)


Check = Callable[[Sides], Iterator[Finding]]
