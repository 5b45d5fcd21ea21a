"""The one door to Saleor: `shop()` answers the adapter of the Saleor that is installed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .port import Shop

_other: ContextVar[Shop | None] = ContextVar("other_shop", default=None)


def shop() -> Shop:
    """The shop the plugins work on."""
    return _other.get() or _installed()


@contextlib.contextmanager
def use(other: Shop) -> Iterator[Shop]:
    """Work on `other` inside the block: simulations, backtests, tests."""
    token = _other.set(other)
    try:
        yield other
    finally:
        _other.reset(token)


@cache
def _installed() -> Shop:
    # 2.10 reports its version as "dev", so a module that only 3.x has decides.
    if find_spec("saleor.channel"):
        from .saleor3 import Saleor3

        return Saleor3()
    from .saleor2 import Saleor2

    return Saleor2()
