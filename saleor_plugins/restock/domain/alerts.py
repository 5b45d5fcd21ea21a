"""When shoppers who wait are told, and how many of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

MOST = 5000
"""Mails of one round; the others get the next one."""


class Step(StrEnum):
    """What follows from a look: nothing, the word that it is back, or another round of mails."""

    NONE = "NONE"
    BACK = "BACK"
    MORE = "MORE"


@dataclass(frozen=True)
class Patience:
    """How long stock must stay free, after how long another round follows, shoppers for each unit."""

    stable: timedelta
    again: timedelta
    each: Decimal = Decimal(1)


@dataclass(frozen=True)
class Seen:
    """Since when a variant is free (None: it is not), and when shoppers were told last."""

    free_since: datetime | None = None
    announced: datetime | None = None


def look(before: Seen, free: int, now: datetime, patience: Patience) -> tuple[Seen, Step]:
    """What a watch knows after a look that found `free` units.

    Each time that stock comes back it must stay for `stable` before anybody is told, so what flaps faster
    than that tells nobody.
    """
    if free <= 0:
        return Seen(None, before.announced), Step.NONE
    since = before.free_since or now
    told = before.announced
    if now - since < patience.stable:
        return Seen(since, told), Step.NONE
    if told is None or told < since:
        return Seen(since, now), Step.BACK
    if now - told >= patience.again:
        return Seen(since, now), Step.MORE
    return Seen(since, told), Step.NONE


def round_size(free: int, patience: Patience) -> int:
    """How many shoppers are told of `free` units."""
    return max(0, min(MOST, math.ceil(free * patience.each)))
