"""The adapter of Saleor 3.21 to 3.24."""

from __future__ import annotations

from ..orm.watch import OrmWatch
from .audited import Audited3
from .catalogue import Catalogue3
from .exchanges import Exchanges3
from .history import History3
from .payments import Payments3
from .people import People3
from .returns import Returns3
from .storefront import Storefront3


class Saleor3(
    Exchanges3, Returns3, History3, OrmWatch, Catalogue3, Payments3, Audited3, People3, Storefront3
):
    """`port.Shop` on Saleor 3.x."""


__all__ = ["Saleor3"]
