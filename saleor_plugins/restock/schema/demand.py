"""What sold, day by day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import graphene

from ...http.api import require
from ...kernel import clock
from ...kernel.errors import Invalid
from ...platform import shop
from ..domain import days
from ..store import demand
from .base import NEEDS, PERMISSION

_DEFAULT_DAYS = 28
MAX_DAYS = 366


class DemandDay(graphene.ObjectType):
    """Units sold on one of the shop's days."""

    day = graphene.Date(required=True)
    units = graphene.Int(required=True)


class DemandQueries:
    """What sold."""

    demand = graphene.List(
        graphene.NonNull(DemandDay),
        required=True,
        variant_id=graphene.ID(required=True),
        since=graphene.Date(description=f"First day; {_DEFAULT_DAYS} days before `until` without."),
        until=graphene.Date(description="Last day; today without."),
        description=f"Units sold on each of the shop's days, cancelled orders left out. {NEEDS}",
    )

    def resolve_demand(
        root, info: Any, variant_id: str, since: date | None = None, until: date | None = None
    ) -> Any:
        require(info, PERMISSION)
        until = until or clock.day_of(clock.now(), shop().time_zone())
        since = since or until - timedelta(days=_DEFAULT_DAYS - 1)
        if since > until:
            raise Invalid("Must not be after `until`.", field="since")
        if (until - since).days >= MAX_DAYS:
            raise Invalid(f"At most {MAX_DAYS} days at once.", field="since")
        found = demand.totals(variant_id, since, until)
        return [DemandDay(day=day, units=found.get(day, 0)) for day in days.each(since, until)]
