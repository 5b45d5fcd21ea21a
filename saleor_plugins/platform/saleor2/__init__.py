"""The adapter of Saleor 2.10: no channels, reservations, returned fulfilments or transactions."""

from __future__ import annotations

from typing import Any

from ..orm.audited import OrmAudited
from ..orm.catalogue import OrmCatalogue
from ..orm.watch import OrmWatch
from .exchanges import Exchanges2
from .giftcards import code_mail
from .history import History2
from .payments import Payments2
from .people import People2
from .returns import Returns2
from .storefront import Storefront2


class Saleor2(
    Exchanges2, Returns2, History2, OrmWatch, OrmCatalogue, Payments2, OrmAudited, People2, Storefront2
):
    """`port.Shop` on Saleor 2.10."""

    def _send(self, order: Any, card: Any, email: str) -> None:
        self.send_mail(email, *code_mail(order, card))


__all__ = ["Saleor2"]
