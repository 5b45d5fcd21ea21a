"""Days on which there was nothing to sell, from looks at the stock now and then."""

from __future__ import annotations

from datetime import date, timedelta

ONE = timedelta(days=1)


def is_out(on_hand: int, allocated: int) -> bool:
    """Whether nothing is left beyond what is promised to orders; what carts reserve comes back soon."""
    return on_hand - allocated <= 0


def begins(today: date, looked: date | None) -> date:
    """The first day without, when it is seen today and was not before; `looked` is the day of the last look.

    A day counts only as a whole: when there was some at another look today, the days without begin tomorrow.
    """
    return today if looked is None or looked < today else today + ONE


def ends(since: date, today: date, looked: date | None) -> date | None:
    """The last day without, when there is some today; None when no day was without as a whole.

    After a pause in looking it is the day of the last look: what nobody saw is not counted.
    """
    last = min(today - ONE, looked or since)
    return last if last >= since else None
