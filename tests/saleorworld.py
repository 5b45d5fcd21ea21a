"""The builders of `MemoryShop`, in the tables of the Saleor that is installed.

Same names, same arguments, same meaning: `tests.shopdata` chooses.
"""

from __future__ import annotations

from tests.realshop.base import CREATED, THREE, key, model
from tests.realshop.carts import CartBuilders


class SaleorWorld(CartBuilders):
    """Real rows of the installed Saleor."""


__all__ = ["CREATED", "THREE", "SaleorWorld", "key", "model"]
