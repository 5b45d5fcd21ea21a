"""What a merchant wants of the router in one channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any


class Objective(StrEnum):
    """What the best plan has least of. Plans that are equal in it are told apart by their cost."""

    COST = "COST"
    PARCELS = "PARCELS"
    DISTANCE = "DISTANCE"
    DAYS = "DAYS"
    WEIGHTED = "WEIGHTED"


class Shortage(StrEnum):
    """What happens to an order that cannot be shipped whole: ship what is there, or wait for all of it."""

    SHIP_AVAILABLE = "SHIP_AVAILABLE"
    WAIT = "WAIT"


@dataclass(frozen=True)
class Policy:
    """The rules of a channel. Amounts are minor units of `currency`, the rate card's.

    `late_per_day` is paid per parcel and day that it arrives after the day that was promised:
    `promise_days` after the order was placed. The weights count only under WEIGHTED, added to the cost:
    `per_parcel`, `per_100_km` of a parcel's way, and `per_day` until it arrives. `most_parcels` None is
    any number; `split` False is one parcel with everything or nothing.
    """

    channel: str = ""
    objective: Objective = Objective.COST
    currency: str = ""
    per_parcel: int = 0
    per_100_km: int = 0
    per_day: int = 0
    late_per_day: int = 0
    promise_days: int | None = None
    most_parcels: int | None = None
    split: bool = True
    shortage: Shortage = Shortage.SHIP_AVAILABLE

    @property
    def parcel_limit(self) -> int | None:
        """The most parcels an order may become."""
        return self.most_parcels if self.split else 1

    def in_currency(self, currency: str) -> Policy:
        """The policy beside rates in `currency`: amounts in another one cannot be added and count nothing."""
        if self.currency in ("", currency):
            return self
        return replace(self, per_parcel=0, per_100_km=0, per_day=0, late_per_day=0)


@dataclass(frozen=True)
class Rules:
    """Everything a merchant says for a channel.

    `hold_rules` are as in ``domain/holds.py``. An empty `route_when` and a `create_fulfillments` of None
    mean what the plugin's settings say.
    """

    policy: Policy = field(default_factory=Policy)
    hold_rules: tuple[Mapping[str, Any], ...] = ()
    route_when: str = ""
    create_fulfillments: bool | None = None
