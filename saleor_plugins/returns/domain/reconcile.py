"""Did a refund happen whose answer never came? Only the payment's own books say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

GRACE = timedelta(minutes=15)


class Verdict(StrEnum):
    """What the books say about a refund in flight."""

    HAPPENED = "HAPPENED"
    ABSENT = "ABSENT"
    WAIT = "WAIT"
    UNCLEAR = "UNCLEAR"


@dataclass(frozen=True)
class Trace:
    """A refund in flight: what the payment had given back before it, and has by now.

    Both count what the desk knows to be given and the shop's books do not show yet. `under_way` is what the
    shop knows to be on its way and not yet booked.
    """

    amount: int
    before: int
    now: int
    under_way: int
    sent_at: datetime


def judge(trace: Trace, now: datetime, grace: timedelta = GRACE) -> Verdict:
    """HAPPENED when exactly this amount left since; ABSENT when nothing did and nobody works on it any more.

    One refund at a time is in flight per payment, so a difference is ours or was made
    elsewhere. Another amount than ours is UNCLEAR: a person compares with the gateway.
    """
    moved = trace.now - trace.before
    if moved == trace.amount:
        return Verdict.HAPPENED
    if moved:
        return Verdict.UNCLEAR
    if trace.under_way or now - trace.sent_at < grace:
        return Verdict.WAIT
    return Verdict.ABSENT
