"""Why goods come back, and what that means for who pays."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """The taxonomy of reasons; free words may stand beside it."""

    UNSPECIFIED = "UNSPECIFIED"
    CHANGED_MIND = "CHANGED_MIND"
    TOO_SMALL = "TOO_SMALL"
    TOO_LARGE = "TOO_LARGE"
    STYLE = "STYLE"
    ORDERED_SEVERAL = "ORDERED_SEVERAL"
    ARRIVED_LATE = "ARRIVED_LATE"
    DEFECTIVE = "DEFECTIVE"
    DAMAGED = "DAMAGED"
    WRONG_ITEM = "WRONG_ITEM"
    NOT_AS_DESCRIBED = "NOT_AS_DESCRIBED"
    PARTS_MISSING = "PARTS_MISSING"
    WITHDRAWAL = "WITHDRAWAL"
    UNANNOUNCED = "UNANNOUNCED"

    @property
    def fault(self) -> bool:
        """Whether the merchant or the carrier is at fault."""
        return self in _FAULT

    @property
    def free(self) -> bool:
        """Whether no fee may be taken: the merchant's fault, or the law's right of withdrawal."""
        return self.fault or self is Reason.WITHDRAWAL


_FAULT = frozenset(
    {
        Reason.ARRIVED_LATE,
        Reason.DEFECTIVE,
        Reason.DAMAGED,
        Reason.WRONG_ITEM,
        Reason.NOT_AS_DESCRIBED,
        Reason.PARTS_MISSING,
    }
)


class Resolution(StrEnum):
    """What the customer wants for a line."""

    REFUND = "REFUND"
    STORE_CREDIT = "STORE_CREDIT"
    EXCHANGE = "EXCHANGE"
