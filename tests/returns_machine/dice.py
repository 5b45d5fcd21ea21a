"""Where the machine's choices come from: a seeded generator, or hypothesis."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Dice(Protocol):
    """What a step may ask for. `often` says yes with about that probability."""

    def one(self, among: Sequence[T]) -> T: ...

    def number(self, least: int, most: int) -> int: ...

    def often(self, share: float) -> bool: ...


class Seeded:
    """Choices of a `random.Random`."""

    def __init__(self, seed: object) -> None:
        self.random = random.Random(str(seed))

    def one(self, among: Sequence[T]) -> T:
        return among[self.random.randrange(len(among))]

    def number(self, least: int, most: int) -> int:
        return self.random.randint(least, most)

    def often(self, share: float) -> bool:
        return self.random.random() < share


class Drawn:
    """Choices that hypothesis makes, and makes simpler once something is wrong."""

    def __init__(self, data: Any) -> None:
        self.data = data

    def one(self, among: Sequence[T]) -> T:
        return among[self.number(0, len(among) - 1)]

    def number(self, least: int, most: int) -> int:
        from hypothesis import strategies as st

        return int(self.data.draw(st.integers(least, most))) if most > least else least

    def often(self, share: float) -> bool:
        # Towards no, as hypothesis simplifies towards 0.
        return self.number(0, 99) >= round(100 * (1 - share))
