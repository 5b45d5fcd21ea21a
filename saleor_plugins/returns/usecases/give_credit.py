"""How a refund is given: by the payments that hold the money, or as a Saleor gift card."""

from __future__ import annotations

from collections.abc import Mapping

from saleor_plugins.delivery import emit
from saleor_plugins.kernel.errors import Invalid
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import Asker

from .. import access
from ..domain.plan import PartKind
from ..domain.split import ABOVE_CEILING, ceiling, draw
from ..store import Desk
from ..store.books import Balance
from ..store.books_family import tiers
from ..store.books_refunds import Given, by_payments

CARD_DUE = "returns.gift_card_due"


def is_manager(asker: Asker) -> bool:
    """Whether the asker may give more than was earned."""
    return access.is_staff(asker) and any(asker.may(name) for name in access.MANAGERS)


def give(
    desk: Desk,
    asker: Asker,
    found: Mapping[str, Balance],
    amount: int,
    to: PartKind,
    *,
    reason: str = "",
    released: str = "",
) -> list[Given]:
    """The parts that give `amount`.

    Raises Invalid (``amount``, ABOVE_CEILING) when the payments cannot; for store credit, when they never
    took that much or gave it back already, unless a manager says why.
    """
    if not amount:
        return []
    if to is PartKind.PAYMENT:
        return by_payments(draw(amount, tiers(desk, found, released=released)))
    held = ceiling(tiers(desk, found, released=released, measure=lambda balance: balance.held))
    if amount > held and not (reason and is_manager(asker)):
        raise Invalid(
            "More than the payments still hold: it needs a reason, and a permission beyond the desk's.",
            field="amount",
            code=ABOVE_CEILING,
        )
    note = f"Return {desk.request.number}"
    card = shop().issue_gift_card(amount, desk.ledger.currency, order_id=desk.order.id, note=note)
    emit(CARD_DUE, {"giftCardId": card.id, "orderId": desk.order.id}, key=card.id)
    return [Given(PartKind.STORE_CREDIT, amount, target_id=card.id)]
