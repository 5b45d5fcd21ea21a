"""Routing policies."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ...kernel.errors import NotFound
from ..domain.policy import Objective, Policy, Rules, Shortage
from ..models import Revision, RoutingPolicy


def policies_revision() -> int | None:
    """A number that stands for what all policies say now; None while there were none yet."""
    return Revision.objects.filter(pk="policies").values_list("number", flat=True).first()


def rules_in(revision: int | None, channel: str) -> Rules:
    """What the merchant wants in `channel` at a revision of the policies.

    Its own policy, else that of every channel, else the defaults.
    """
    known = _by_channel(revision) if revision is not None else {}
    return known.get(channel) or known.get("") or Rules()


@lru_cache(maxsize=2)
def _by_channel(revision: int) -> Mapping[str, Rules]:
    return {row.channel: as_rules(row) for row in RoutingPolicy.objects.all()}


def as_rules(row: RoutingPolicy) -> Rules:
    """A stored policy as the domain knows it."""
    policy = Policy(
        channel=row.channel,
        objective=Objective(row.objective),
        currency=row.currency,
        per_parcel=row.per_parcel,
        per_100_km=row.per_100_km,
        per_day=row.per_day,
        late_per_day=row.late_per_day,
        promise_days=row.promise_days,
        most_parcels=row.most_parcels,
        split=row.split,
        shortage=Shortage(row.shortage),
    )
    return Rules(policy, tuple(row.hold_rules), row.route_when, row.create_fulfillments)


def policies() -> list[RoutingPolicy]:
    """Every stored policy, by channel; "" is every channel without its own."""
    return list(RoutingPolicy.objects.order_by("pk"))


def policy(channel: str, *, lock: bool = False) -> RoutingPolicy | None:
    """The stored policy of `channel`."""
    rows = RoutingPolicy.objects.select_for_update() if lock else RoutingPolicy.objects.all()
    return rows.filter(pk=channel).first()


def save_policy(channel: str, **values: Any) -> RoutingPolicy:
    """Create or change the policy of `channel`."""
    row, _ = RoutingPolicy.objects.update_or_create(pk=channel, defaults=values)
    return row


def delete_policy(channel: str) -> None:
    """Delete the policy of `channel`. Raises NotFound (``channel``)."""
    if not RoutingPolicy.objects.filter(pk=channel).delete()[0]:
        raise NotFound("No such policy.", field="channel")
