"""What can be wrong with the file of a COMPLETED bulk operation."""

from __future__ import annotations

import random
from pathlib import Path

from .faults import Faults


def spoiled(file: Path, faults: Faults) -> None:
    """Drop, blank out or shuffle lines of an answer, as the switches say."""
    if not (faults.bulk_missing or faults.bulk_blank or faults.bulk_shuffled):
        return
    draw = random.Random(faults.seed)  # noqa: S311 - not for secrets
    lines = file.read_bytes().splitlines(keepends=True)
    kept = [line for line in lines if draw.random() >= faults.bulk_missing]
    if faults.bulk_blank:
        kept = [
            part
            for line in kept
            for part in ((b"\n", line) if draw.random() < faults.bulk_blank else (line,))
        ]
    if faults.bulk_shuffled:
        draw.shuffle(kept)
    file.write_bytes(b"".join(kept))
