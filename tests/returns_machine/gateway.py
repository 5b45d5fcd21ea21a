"""A shop in memory whose gateway keeps books of its own: the truth about money."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from saleor_plugins.platform.port import Payment, RefundResult, RefundStatus
from tests.shopdata import MemoryWorld

OK, REFUSES, ABSENT, LOST, PENDING = "ok", "refuses", "absent", "lost", "pending"


@dataclass(frozen=True)
class Notice:
    """What the gateway tells the shop some day: this much was given back, under this key."""

    payment_id: str
    amount: int
    key: str

    @property
    def reference(self) -> str:
        return f"refund-{self.key}"


class GatewayShop(MemoryWorld):
    """Refunds move money once for each key, whatever is answered and whoever asks again.

    `mode` is how it answers: `ok`; `refuses`; `absent`: a time-out, and nothing happened; `lost`: a
    time-out, but it did, and a notice comes later; `pending`: the shop knows that it is under way.
    """

    def __init__(self) -> None:
        super().__init__()
        self.mode = OK
        self.asked: dict[str, int] = {}
        self.moved: dict[str, Notice] = {}
        self.pending: dict[str, Notice] = {}
        self.notices: list[Notice] = []
        self.booked: set[str] = set()
        self.elsewhere: Counter[str] = Counter()
        self.gateway = self._ask

    def _ask(self, payment: Payment, amount: int, key: str) -> RefundResult:
        notice = Notice(payment.id, amount, key)
        assert self.asked.setdefault(key, amount) == amount, f"{key} came back with another amount"
        if key not in self.moved:
            if self.mode == REFUSES:
                return RefundResult(RefundStatus.FAILED, message="no")
            if self.mode == ABSENT:
                raise TimeoutError
            if self.mode == PENDING or key in self.pending:
                self.pending[key] = notice
                return RefundResult(RefundStatus.UNKNOWN, reference=notice.reference)
            self.moved[key] = notice
        if self.mode == LOST:
            self.notices.append(notice)
            raise TimeoutError
        return RefundResult(RefundStatus.SUCCEEDED, reference=notice.reference)

    def refund(
        self, order_id: str, payment_id: str, amount: int, *, key: str, reason: str = ""
    ) -> RefundResult:
        before = self.state.payments.get(payment_id)
        result = super().refund(order_id, payment_id, amount, key=key, reason=reason)
        if result.status is RefundStatus.SUCCEEDED:
            # Gift cards are the shop's own: no gateway is asked.
            self.moved.setdefault(key, Notice(payment_id, amount, key))
            if before and result.reference in self.booked:
                # The shop knows this reference from a notice: it books nothing twice.
                self.state.payments[payment_id] = before
            self.booked.add(result.reference)
        return result

    def payments(self, order_id: str, *, lock: bool = False) -> list[Payment]:
        under_way: Counter[str] = Counter()
        for notice in self.pending.values():
            under_way[notice.payment_id] += notice.amount
        return [
            replace(row, refundable=max(row.refundable - under_way[row.id], 0))
            for row in super().payments(order_id, lock=lock)
        ]

    def take_notice(self, notice: Notice) -> None:
        """A webhook of the gateway arrives, maybe not for the first time."""
        if notice.reference not in self.booked:
            self.booked.add(notice.reference)
            row = self.state.payments[notice.payment_id]
            self.state.payments[row.id] = replace(row, refunded=row.refunded + notice.amount)

    def decide_pending(self, key: str, happened: bool) -> None:
        """The gateway has made up its mind about a refund under way, and says so."""
        notice = self.pending.pop(key)
        if happened:
            self.moved[key] = notice
            self.take_notice(notice)

    def give_elsewhere(self, payment: Payment, amount: int) -> None:
        """Somebody refunds in the shop's own screens or in the gateway's."""
        self.elsewhere[payment.id] += amount
        row = self.state.payments[payment.id]
        self.state.payments[row.id] = replace(row, refunded=row.refunded + amount)

    def given(self, payment_id: str) -> int:
        """What the gateway has given back for the desk."""
        return sum(notice.amount for notice in self.moved.values() if notice.payment_id == payment_id)

    def moved_for(self, part_id: object) -> int:
        """What the gateway has given back for one part of a refund, in all its attempts."""
        return sum(row.amount for key, row in self.moved.items() if key.split(":")[0] == str(part_id))
