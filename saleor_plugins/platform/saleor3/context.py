"""What most of Saleor 3's own functions ask for beside their subject."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any

from saleor.plugins.manager import get_plugins_manager


def manager() -> Any:
    """The plugins' manager, reading from the primary database."""
    return get_plugins_manager(allow_replica=False)


def call(function: Callable[..., Any], *args: Any, **maybe: Any) -> Any:
    """Call `function` with those of `maybe` that this version of Saleor takes."""
    names = _parameters(function)
    return function(*args, **{name: value for name, value in maybe.items() if name in names})


@cache
def _parameters(function: Callable[..., Any]) -> frozenset[str]:
    return frozenset(inspect.signature(function).parameters)
