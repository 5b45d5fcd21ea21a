"""From the price of what came back to what the returns cost, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class StepKind(StrEnum):
    """What a step adds or takes away; those in TOTALS are sums."""

    RETURNED = "RETURNED"
    NOT_CREDITED = "NOT_CREDITED"
    CREDITED = "CREDITED"
    FEES = "FEES"
    POSTAGE = "POSTAGE"
    SHIPPING = "SHIPPING"
    ADJUSTMENTS = "ADJUSTMENTS"
    REFUNDED = "REFUNDED"
    EXCHANGED = "EXCHANGED"
    STORE_CREDIT = "STORE_CREDIT"
    PAID_BACK = "PAID_BACK"
    LABELS = "LABELS"
    SCRAPPED = "SCRAPPED"
    KEPT = "KEPT"
    COST = "COST"


TOTALS = frozenset(
    {StepKind.RETURNED, StepKind.CREDITED, StepKind.REFUNDED, StepKind.PAID_BACK, StepKind.COST}
)

WORDS = {
    StepKind.RETURNED: "Returned goods, at the price paid",
    StepKind.NOT_CREDITED: "Not credited: sent back or undecided",
    StepKind.CREDITED: "Credited for goods",
    StepKind.FEES: "Restocking fees kept",
    StepKind.POSTAGE: "Return postage kept",
    StepKind.SHIPPING: "Delivery given back",
    StepKind.ADJUSTMENTS: "Adjusted by staff",
    StepKind.REFUNDED: "Refunded in all",
    StepKind.EXCHANGED: "Retained by exchange",
    StepKind.STORE_CREDIT: "Retained as store credit",
    StepKind.PAID_BACK: "Paid back",
    StepKind.LABELS: "Labels bought",
    StepKind.SCRAPPED: "Goods scrapped, at the price paid",
    StepKind.KEPT: "Goods left with customers",
    StepKind.COST: "What the returns cost",
}


@dataclass(frozen=True)
class Step:
    """A step in minor units; one in TOTALS is the sum of all before it."""

    kind: StepKind
    amount: int

    @property
    def is_total(self) -> bool:
        """Whether it stands on the ground."""
        return self.kind in TOTALS


def waterfall(sums: Mapping[StepKind, int]) -> tuple[Step, ...]:
    """Every step, from what was counted (minor units; what is kept or retained below zero).

    `sums` has NOT_CREDITED (above zero), CREDITED, and all that is no total.
    """
    first = sums.get(StepKind.CREDITED, 0) + sums.get(StepKind.NOT_CREDITED, 0)
    steps = [Step(StepKind.RETURNED, first)]
    running = first
    for kind in StepKind:
        if kind is StepKind.RETURNED:
            continue
        amount = sums.get(kind, 0)
        if kind is StepKind.NOT_CREDITED:
            amount = -amount
        running, amount = (running, running) if kind in TOTALS else (running + amount, amount)
        steps.append(Step(kind, amount))
    return tuple(steps)


def share(part: int, whole: int) -> float | None:
    """`part` of `whole`; None of nothing."""
    return part / whole if whole else None
