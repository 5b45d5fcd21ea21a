"""A payment refused its part of a refund: it tries again, or others give it."""

from __future__ import annotations

from saleor_plugins.kernel.errors import Invalid
from saleor_plugins.platform.port import Asker

from ..domain.machines import PartState
from ..domain.plan import PartKind
from ..models import Refund, RefundPart
from ..store import Desk, books
from ..store.books import Balance
from ..store.books_family import tiers
from ..store.books_refunds import add_parts
from .give_credit import give


def give_again(
    desk: Desk, asker: Asker, refund: Refund, amount: int | None, to: PartKind | None, *, reason: str = ""
) -> Refund:
    """Give the refused parts of a decided refund: `amount` may not change it.

    A payment that said no, or was never asked, tries again where it can. What it cannot give any more,
    others do, or with `to` a gift card. Raises Invalid (``amount``): ALREADY_DECIDED, ABOVE_CEILING when
    nobody can, and nothing is written.
    """
    if amount not in (None, refund.net + refund.tax):
        raise Invalid("The refund was decided already.", field="amount", code="ALREADY_DECIDED")
    found = books.balances(desk)
    others = []
    for part in books.parts_of(refund, [PartState.FAILED]):
        if to is not PartKind.STORE_CREDIT and _can(desk, part, found):
            books.move_part(part, "retry", message="")
            found = books.balances(desk)
        else:
            others.append(part)
    if others:
        _replace(desk, asker, refund, others, to or PartKind.PAYMENT, reason)
    books.update_state(refund)
    return refund


def _can(desk: Desk, part: RefundPart, found: dict[str, Balance]) -> bool:
    """Whether the part's payment can give it, within what exchanges promised of it."""
    balance = found.get(part.payment_id)
    if balance is None or balance.available < part.amount:
        return False
    for tier in tiers(desk, found):
        if part.payment_id in tier.balances:
            bound = tier.free if tier.allowance is None else min(tier.free, tier.allowance)
            return part.amount <= bound
    return False


def _replace(
    desk: Desk, asker: Asker, refund: Refund, parts: list[RefundPart], to: PartKind, reason: str
) -> None:
    for part in parts:
        books.move_part(part, "replace")
    amount = sum(part.amount for part in parts)
    # A gift card for what was reserved and refused: the money is still with the payment.
    add_parts(refund, give(desk, asker, books.balances(desk), amount, to, reason=reason))
