"""An in-memory shop: the whole port without Django, for tests, simulations and backtests."""

from __future__ import annotations

from .audited import AuditedInMemory
from .build import Builders
from .carts import CartsInMemory
from .storefront import StorefrontInMemory
from .watch import WatchInMemory


class MemoryShop(Builders, CartsInMemory, StorefrontInMemory, WatchInMemory, AuditedInMemory):
    """`port.Shop` in dictionaries: thread-safe, transactional, filled by the `make_` methods."""


__all__ = ["MemoryShop"]
