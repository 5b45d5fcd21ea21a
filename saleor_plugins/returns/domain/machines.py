"""The two state machines of the desk: a return, and one call to a payment's gateway."""

from __future__ import annotations

from enum import StrEnum

from saleor_plugins.kernel.transitions import Machine, transition


class ReturnState(StrEnum):
    """Where a return stands."""

    REQUESTED = "REQUESTED"
    APPROVED = "APPROVED"
    DECLINED = "DECLINED"
    CANCELED = "CANCELED"
    RECEIVING = "RECEIVING"
    CLOSED = "CLOSED"


class PartState(StrEnum):
    """Where one gateway call of a refund stands."""

    RESERVED = "RESERVED"
    SENT = "SENT"
    UNKNOWN = "UNKNOWN"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


class RefundState(StrEnum):
    """What its parts say about a refund; derived, see `refund_state`."""

    PENDING = "PENDING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


OPEN = frozenset({ReturnState.REQUESTED.value, ReturnState.APPROVED.value, ReturnState.RECEIVING.value})
IN_FLIGHT = frozenset({PartState.SENT.value, PartState.UNKNOWN.value})
HOLDING = IN_FLIGHT | {PartState.RESERVED.value}

RETURN = Machine(
    "return",
    [
        transition("approve", ["REQUESTED"], "APPROVED", "rule, staff"),
        transition("decline", ["REQUESTED"], "DECLINED", "staff"),
        transition("cancel", ["REQUESTED", "APPROVED"], "CANCELED", "customer, staff"),
        transition("receive", ["APPROVED", "RECEIVING"], "RECEIVING", "staff, per parcel"),
        transition("inspect", ["RECEIVING"], "RECEIVING", "staff"),
        transition("refund", ["RECEIVING"], "RECEIVING", "staff"),
        transition("close", ["RECEIVING"], "CLOSED", "staff"),
    ],
)

PART = Machine(
    "refund",
    [
        transition("send", ["RESERVED"], "SENT", "worker"),
        transition("refuse", ["RESERVED"], "FAILED", "worker: the balance is gone"),
        transition("succeed", ["SENT", "UNKNOWN"], "SUCCEEDED", "gateway, reconciliation"),
        transition("fail", ["SENT", "UNKNOWN"], "FAILED", "gateway, reconciliation"),
        transition("lose", ["SENT"], "UNKNOWN", "gateway gave no answer"),
        transition("retry", ["FAILED"], "RESERVED", "staff"),
    ],
)


def refund_state(parts: list[str]) -> RefundState:
    """The state of a refund with these part states; one without parts gave back nothing and is done."""
    if all(part == PartState.SUCCEEDED for part in parts):
        return RefundState.SUCCEEDED
    if any(part in HOLDING for part in parts):
        return RefundState.PENDING
    return RefundState.FAILED
