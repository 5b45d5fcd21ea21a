"""The adapter of Saleor 2.10: no channels, reservations, returned fulfilments or transactions."""

from __future__ import annotations

from ..orm.audited import OrmAudited
from ..orm.watch import OrmWatch
from .exchanges import Exchanges2
from .history import History2
from .payments import Payments2
from .people import People2
from .returns import Returns2


class Saleor2(Exchanges2, Returns2, History2, OrmWatch, Payments2, OrmAudited, People2):
    """`port.Shop` on Saleor 2.10."""


__all__ = ["Saleor2"]
