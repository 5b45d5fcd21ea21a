"""Money that was taken and given back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class Payment:
    """Money that was taken for an order: a payment, or on 3.x a transaction.

    `refundable` is what this payment can still give back: captured minus refunded minus
    refunds that the gateway is known to be at. A refund whose answer was lost (UNKNOWN) need not be
    among them: whoever asked keeps a reservation of their own.
    """

    id: str
    gateway: str
    currency: str
    captured: int
    refunded: int
    refundable: int


class RefundStatus(StrEnum):
    """Outcome of a refund attempt; UNKNOWN means that it must be looked up, never repeated."""

    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True)
class RefundResult:
    """What the gateway said. `reference` is its id for the refund, "" when it gave none."""

    status: RefundStatus
    reference: str = ""
    message: str = ""
