"""What sells, and how that is known."""

from __future__ import annotations

from ..facts import Outlook
from ..rates import BORROWED_DAYS
from ..rule import Advice
from .words import Words, days, number, percent, units

NOTABLE = 0.005
"""A smaller part than this is not worth a sentence."""

SEASONAL = 0.03
"""A season closer to the year's average is not worth one either."""

XYZ = {"X": "evenly", "Y": "unevenly", "Z": "now and then"}


def demand(advice: Advice, words: Words) -> list[str]:
    """The pace, then everything that was done to get there."""
    outlook, need = advice.seen.outlook, advice.seen.need
    said = [_pace(outlook)]
    if outlook.left_out and outlook.history:
        said.append(f"{days(outlook.left_out)} without stock and without sales here do not count.")
    if outlook.returned_part >= NOTABLE:
        part = percent(outlook.returned_part)
        said.append(f"About {part} of what sells comes back as good as new and is taken off.")
    if outlook.of_kits >= NOTABLE:
        said.append(f"{percent(outlook.of_kits)} of these sell inside of kits.")
    if outlook.promoted:
        said.append(f"{days(outlook.promoted)} of promotions count as what they would have sold without.")
    if abs(outlook.season - 1) >= SEASONAL:
        said.append(
            f"At this time of the year its category sells {number(outlook.season)} times its average:"
            " what comes until the next delivery counts so."
        )
    if abs(outlook.factor - 1) >= NOTABLE:
        said.append(
            f"Promotions: {number(outlook.factor)} times the usual is expected until the next delivery."
        )
    if outlook.borrowed > 0:
        said.append(_borrowed(outlook))
    if outlook.per_day > 0 and outlook.xyz:
        said.append(_class(need.abc, outlook.xyz))
    if need.waiting:
        who = "1 shopper waits" if need.waiting == 1 else f"{need.waiting} shoppers wait"
        said.append(f"{who} for a mail that it is back.")
    return said


def _pace(outlook: Outlook) -> str:
    if not outlook.history:
        return "No sales yet."
    if not outlook.sold and not outlook.borrowed:
        return f"No sales in the last {days(outlook.history)}."
    share = outlook.share
    part = "" if share >= 0.995 else f" ({share:.0%} of all its sales: other warehouses share the rest)"
    return (
        f"Sells about {units(outlook.per_day)} a day here{part}, smoothed over {days(outlook.history)}"
        f" of which {number(outlook.sold)} had sales."
    )


def _borrowed(outlook: Outlook) -> str:
    weight = BORROWED_DAYS / (BORROWED_DAYS + outlook.history)
    return (
        f"Products of its category usually sell {number(outlook.borrowed)} a day here;"
        f" that counts for {percent(weight)} of the pace."
    )


def _class(abc: str, xyz: str) -> str:
    even = f"sells {XYZ[xyz]} from week to week ({xyz})"
    return f"It is of class {abc} by turnover and {even}." if abc else f"It {even}."
