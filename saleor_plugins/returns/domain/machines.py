"""The two state machines of the desk: a return, and one part of a refund."""

from __future__ import annotations

from enum import StrEnum

from saleor_plugins.kernel.transitions import Machine, transition


class ReturnState(StrEnum):
    """Where a return stands."""

    REQUESTED = "REQUESTED"
    APPROVED = "APPROVED"
    DECLINED = "DECLINED"
    CANCELED = "CANCELED"
    EXPIRED = "EXPIRED"
    RECEIVING = "RECEIVING"
    CLOSED = "CLOSED"


class PartState(StrEnum):
    """Where one part of a refund stands."""

    RESERVED = "RESERVED"
    SENT = "SENT"
    UNKNOWN = "UNKNOWN"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    REPLACED = "REPLACED"


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
        transition("cancel", ["REQUESTED", "APPROVED"], "CANCELED", "customer, staff; nothing credited"),
        transition("track", ["APPROVED"], "APPROVED", "customer, staff, carrier"),
        transition("expire", ["APPROVED"], "EXPIRED", "clock; no carrier scan, nothing credited"),
        transition("receive", ["APPROVED", "EXPIRED", "RECEIVING"], "RECEIVING", "staff, per parcel"),
        transition("inspect", ["RECEIVING"], "RECEIVING", "staff"),
        transition("keep", ["APPROVED"], "APPROVED", "rule, staff"),
        transition("keep", ["RECEIVING"], "RECEIVING", "rule, staff"),
        transition("refund", ["APPROVED"], "APPROVED", "rule, staff; kept or advanced units"),
        transition("refund", ["RECEIVING"], "RECEIVING", "staff"),
        transition("exchange", ["APPROVED"], "APPROVED", "rule, staff; kept or advanced units"),
        transition("exchange", ["RECEIVING"], "RECEIVING", "staff"),
        transition("close", ["APPROVED"], "CLOSED", "rule, staff; at least one unit kept"),
        transition("close", ["RECEIVING"], "CLOSED", "staff"),
        transition("reopen", ["CLOSED"], "RECEIVING", "manager; counters kept"),
    ],
)

PART = Machine(
    "refund",
    [
        transition("send", ["RESERVED"], "SENT", "worker"),
        transition("refuse", ["RESERVED"], "FAILED", "worker: the balance is gone"),
        transition("succeed", ["RESERVED", "SENT", "UNKNOWN"], "SUCCEEDED", "gateway, reconciliation"),
        transition("fail", ["SENT", "UNKNOWN"], "FAILED", "gateway, reconciliation"),
        transition("lose", ["SENT"], "UNKNOWN", "gateway gave no answer"),
        transition("retry", ["FAILED"], "RESERVED", "staff"),
        transition("replace", ["FAILED"], "REPLACED", "staff: other payments give it"),
    ],
)


def refund_state(parts: list[str]) -> RefundState:
    """The state of a refund with these part states; one without parts gave back nothing and is done."""
    live = [part for part in parts if part != PartState.REPLACED]
    if all(part == PartState.SUCCEEDED for part in live):
        return RefundState.SUCCEEDED
    if any(part in HOLDING for part in live):
        return RefundState.PENDING
    return RefundState.FAILED
