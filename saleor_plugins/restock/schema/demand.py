"""What sold day by day, what came back, and when there was nothing to sell."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import graphene

from ...http.api import require
from ...kernel import clock
from ...kernel.errors import Invalid
from ...platform import shop
from ..domain import days
from ..store import demand, stock_outs
from .base import NEEDS, PERMISSION

_DEFAULT_DAYS = 28
MAX_DAYS = 366


class DemandDay(graphene.ObjectType):
    """Units sold on one of the shop's days."""

    day = graphene.Date(required=True)
    units = graphene.Int(required=True)
    returned = graphene.Int(required=True, description="Those of them that came back since.")


class StockOut(graphene.ObjectType):
    """Whole days on which a warehouse had none of a variant that was not promised to orders."""

    warehouse_id = graphene.ID(required=True)
    since = graphene.Date(required=True, description="The first of the shop's days; may be tomorrow.")
    until = graphene.Date(description="The last one; null while it lasts.")


def _span() -> dict[str, Any]:
    return {
        "variant_id": graphene.ID(required=True),
        "since": graphene.Date(description=f"First day; {_DEFAULT_DAYS} days before `until` without."),
        "until": graphene.Date(description="Last day; today without."),
    }


class DemandQueries:
    """What sold."""

    demand = graphene.List(
        graphene.NonNull(DemandDay),
        required=True,
        description=f"Units sold on each of the shop's days, cancelled orders left out. {NEEDS}",
        **_span(),
    )
    stock_outs = graphene.List(
        graphene.NonNull(StockOut),
        required=True,
        description=f"When there was nothing to sell. {NEEDS}",
        **_span(),
    )

    def resolve_demand(root, info: Any, variant_id: str, **span: Any) -> Any:
        require(info, PERMISSION)
        first, last = _days(**span)
        found = demand.totals(variant_id, first, last)
        return [DemandDay(day, *found.get(day, (0, 0))) for day in days.each(first, last)]

    def resolve_stock_outs(root, info: Any, variant_id: str, **span: Any) -> Any:
        require(info, PERMISSION)
        return stock_outs.of_variant(variant_id, *_days(**span))


def _days(since: date | None = None, until: date | None = None) -> tuple[date, date]:
    until = until or clock.day_of(clock.now(), shop().time_zone())
    since = since or until - timedelta(days=_DEFAULT_DAYS - 1)
    if since > until:
        raise Invalid("Must not be after `until`.", field="since")
    if (until - since).days >= MAX_DAYS:
        raise Invalid(f"At most {MAX_DAYS} days at once.", field="since")
    return since, until
