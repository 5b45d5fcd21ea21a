"""A plan in a temporary file, between being shown and being carried out: memory stays flat."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterable, Iterator

from ..domain.plan import Action


class Draft:
    """Actions in their order. Use as a context manager; the file is gone afterwards."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="shopify-bridge-")  # noqa: SIM115
        self.count = 0

    def __enter__(self) -> Draft:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, actions: Iterable[Action]) -> None:
        """Take them in."""
        for action in actions:
            pickle.dump(action, self._file, pickle.HIGHEST_PROTOCOL)
            self.count += 1

    def __iter__(self) -> Iterator[Action]:
        self._file.seek(0)
        for _ in range(self.count):
            yield pickle.load(self._file)  # noqa: S301 - a file that only this process could open
