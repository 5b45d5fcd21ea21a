"""A warehouse beside an order: how far, at what tariff, on which days; each looked up once, when asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Generic, TypeVar

from haversine import haversine

from ..calendar import arrives_on
from ..facts import Line, Request, Source
from ..policy import Objective, Policy
from ..rates.table import Tariff, Way

T = TypeVar("T")
_arrival = lru_cache(maxsize=4096)(arrives_on)


class once(Generic[T]):
    """A property computed when it is first read, without the lock of Python 3.11's cached_property."""

    def __init__(self, compute: Callable[[Any], T]):
        self.compute = compute
        self.__doc__ = compute.__doc__

    def __get__(self, one: Any, owner: type) -> T:
        value = one.__dict__[self.compute.__name__] = self.compute(one)
        return value


class Candidate:
    """`source` as a sender of `lines` of `request`; `stock` is what it may promise of their variants."""

    def __init__(self, source: Source, request: Request, lines: Sequence[Line]):
        self.source, self.request, self.lines = source, request, lines
        self.stock = {line.variant_id or "": source.units(line.variant_id or "") for line in lines}

    @once
    def km(self) -> float | None:
        """Great-circle distance to the destination, to a tenth of a kilometre; None when not known."""
        to = self.request.destination.position if self.request.destination else None
        here = self.source.place.position
        return round(haversine(here, to, check=False), 1) if here and to else None

    @once
    def tariff(self) -> Tariff | None:
        """What its parcels cost; None when the rate card does not say."""
        request, place = self.request, self.source.place
        to = request.destination
        code = to.postal_code if to else ""
        way = Way(self.source.id, place.country, request.country, code, request.service, self.km)
        return request.rates.find(way)

    @once
    def ship_on(self) -> date | None:
        """The day on which a parcel leaves; None when there is none within a year."""
        source, profile = self.source, self.source.profile
        if profile.daily_parcels is None:
            return self.free_on
        return profile.calendar.ships_on(
            self.request.now, planned=source.planned, daily_parcels=profile.daily_parcels
        )

    @once
    def free_on(self) -> date | None:
        """The day on which a parcel would leave if no day were full."""
        return self.source.profile.calendar.ships_on(self.request.now)

    @once
    def arrives_on(self) -> date | None:
        """The day on which its parcel arrives."""
        if self.ship_on is None or self.tariff is None:
            return None
        return _arrival(self.ship_on, self.tariff.transit_days, self.request.country)

    @once
    def late_days(self) -> int:
        """Days after the promised one."""
        promised = promised_on(self.request)
        return max((self.arrives_on - promised).days, 0) if promised and self.arrives_on else 0

    def has(self, line: Line) -> int:
        """Units of the line's variant that it may ship."""
        return 0 if self.excludes(line) else self.stock[line.variant_id or ""]

    def excludes(self, line: Line) -> bool:
        """Whether the merchant does not let it ship the line."""
        profile = self.source.profile
        return bool(
            (line.classes and line.classes & profile.excluded_classes)
            or (line.product_type_id and line.product_type_id in profile.excluded_types)
        )


def promised_on(request: Request) -> date | None:
    """The day by which the order should arrive; None without a promise."""
    days = request.policy.promise_days
    return None if days is None else (request.placed or request.now).date() + timedelta(days=days)


def amounts_count(policy: Policy, currency: str) -> bool:
    """Whether the policy's amounts can be added to costs in `currency`."""
    return not policy.currency or policy.currency == currency


def penalty(candidate: Candidate, farthest: float) -> int:
    """What the policy adds to a parcel's cost, in minor units; an unknown way counts as the `farthest`."""
    request, policy = candidate.request, candidate.request.policy
    if not amounts_count(policy, request.rates.currency):
        return 0
    added = policy.late_per_day * candidate.late_days
    if policy.objective is Objective.WEIGHTED:
        km = farthest if candidate.km is None else candidate.km
        arrives = candidate.arrives_on or request.now.date()
        days = max((arrives - request.now.date()).days, 0)
        added += policy.per_parcel + policy.per_day * days + round(policy.per_100_km * km / 100)
    return added
