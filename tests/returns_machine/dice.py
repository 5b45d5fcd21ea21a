"""Where the machine's choices come from."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Choices of a seeded generator. `often` says yes with about that probability."""

    def __init__(self, seed: object) -> None:
        self.random = random.Random(str(seed))

    def one(self, among: Sequence[T]) -> T:
        return among[self.random.randrange(len(among))]

    def number(self, least: int, most: int) -> int:
        return self.random.randint(least, most)

    def often(self, share: float) -> bool:
        return self.random.random() < share
