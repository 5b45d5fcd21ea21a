"""Reading long lists: pages of the right size, the next one fetched while one is worked on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from .errors import SaleorTooMuch

Node = Mapping[str, Any]
# Answers the connection for (first, after).
Ask = Callable[[int, str | None], Node]
Page = TypeVar("Page")
LARGEST = 100  # Saleor refuses more (GRAPHQL_PAGINATION_LIMIT)
START, SECONDS = 25, 2.0


class Pages:
    """The pages of one list, in order. A page grows while it is answered quickly and shrinks where it is not.

    Cursors do not depend on the size, so it may change at any page. `size` is fixed where it is given.
    """

    def __init__(self, ask: Ask, size: int = 0, clock: Callable[[], float] = time.monotonic):
        self._ask, self._clock, self._fixed = ask, clock, bool(size)
        self.size = size or START

    def one(self, after: str | None) -> Node:
        """The page after a cursor; asks for less as long as it is too much."""
        while True:
            started = self._clock()
            try:
                connection = self._ask(self.size, after)
            except SaleorTooMuch:
                if self.size == 1:
                    raise
                self.size = max(1, self.size // 4)
                continue
            self._learn(self._clock() - started, len(connection["edges"]))
            return connection

    def _learn(self, seconds: float, rows: int) -> None:
        if not self._fixed and rows >= self.size:
            fitting = int(rows * SECONDS / max(seconds, 0.001))
            self.size = max(1, min(fitting, rows * 2, LARGEST))

    def __iter__(self) -> Iterator[Node]:
        after = None
        while True:
            connection = self.one(after)
            yield connection
            if not connection["pageInfo"]["hasNextPage"]:
                return
            after = connection["pageInfo"]["endCursor"]


def ahead(pages: Iterator[Page]) -> Iterator[Page]:
    """The same pages, each fetched by a thread while the one before is worked on. At most one waits."""
    with ThreadPoolExecutor(1, "saleor-pages") as pool:
        waiting = pool.submit(next, pages, None)
        while (page := waiting.result()) is not None:
            waiting = pool.submit(next, pages, None)
            yield page
