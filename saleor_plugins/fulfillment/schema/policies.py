"""Routing policies over GraphQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import graphene

from ...http.api import Mutation, require
from .. import store
from ..domain.policy import Objective, Shortage
from ..models import RoutingPolicy
from ..usecases.set_policy import FIELDS, WHEN, delete_policy, set_policy
from .names import PLUGINS, camel, field_enum
from .show import money
from .types import Amount, Money

RoutingObjective = graphene.Enum("RoutingObjective", [(each.value, each.value) for each in Objective])
RoutingShortage = graphene.Enum("RoutingShortage", [(each.value, each.value) for each in Shortage])
RouteWhen = graphene.Enum("RouteWhen", [(each, each) for each in WHEN])
HoldRuleKind = graphene.Enum(
    "HoldRuleKind",
    [(each, each) for each in ("TOTAL_ABOVE", "DESTINATION_IN", "QUANTITY_ABOVE", "METADATA", "PO_BOX")],
)
RoutingPolicyField = field_enum("RoutingPolicyField", FIELDS)


class HoldRule(graphene.ObjectType):
    """Which orders a person looks at before they are routed."""

    rule = graphene.Field(HoldRuleKind, required=True)
    amount = graphene.Field(Money, description="Of TOTAL_ABOVE.")
    countries = graphene.List(graphene.NonNull(graphene.String), description="Of DESTINATION_IN.")
    quantity = graphene.Int(description="Of QUANTITY_ABOVE.")
    key = graphene.String(description="Of METADATA.")
    value = graphene.String(description="Of METADATA; null is any.")


class RoutingPolicyType(graphene.ObjectType):
    """What the router should do in a channel."""

    class Meta:
        name = "RoutingPolicy"

    channel = graphene.String(required=True, description='"" is every channel without its own.')
    objective = graphene.Field(RoutingObjective, required=True)
    per_parcel = graphene.Field(Money)
    per_100_km = graphene.Field(Money, name="per100Km")
    per_day = graphene.Field(Money)
    late_per_day = graphene.Field(Money)
    promise_days = graphene.Int()
    most_parcels = graphene.Int()
    split = graphene.Boolean(required=True)
    shortage = graphene.Field(RoutingShortage, required=True)
    hold_rules = graphene.List(graphene.NonNull(HoldRule), required=True)
    route_when = graphene.Field(RouteWhen, description="Null: what the plugin's settings say.")
    create_fulfillments = graphene.Boolean(description="Null: what the plugin's settings say.")


def show_policy(row: RoutingPolicy) -> RoutingPolicyType:
    """A stored policy."""

    def priced(minor: int) -> Money | None:
        return money(minor, row.currency) if row.currency else None

    return RoutingPolicyType(
        channel=row.channel,
        objective=row.objective,
        per_parcel=priced(row.per_parcel),
        per_100_km=priced(row.per_100_km),
        per_day=priced(row.per_day),
        late_per_day=priced(row.late_per_day),
        promise_days=row.promise_days,
        most_parcels=row.most_parcels,
        split=row.split,
        shortage=row.shortage,
        hold_rules=[_hold_rule(rule) for rule in row.hold_rules],
        route_when=row.route_when.upper() or None,
        create_fulfillments=row.create_fulfillments,
    )


def _hold_rule(rule: Mapping[str, Any]) -> HoldRule:
    values = {name: rule.get(name) or None for name in ("countries", "key", "value")}
    amount = None
    if "amount" in rule:
        amount = money(rule["amount"], rule["currency"])
    return HoldRule(rule=rule["rule"], amount=amount, quantity=rule.get("quantity"), **values)


class PolicyQueries(graphene.ObjectType):
    """What can be asked about policies."""

    routing_policies = graphene.List(
        graphene.NonNull(RoutingPolicyType),
        description="Every policy, by channel. None: the cheapest plan is taken. Requires MANAGE_PLUGINS.",
    )

    @staticmethod
    def resolve_routing_policies(root: Any, info: Any) -> list[RoutingPolicyType]:
        require(info, PLUGINS)
        return [show_policy(row) for row in store.policies()]


class HoldRuleInput(graphene.InputObjectType):
    """A rule, with the fields that it needs."""

    rule = HoldRuleKind(required=True)
    amount = Amount(description="TOTAL_ABOVE: hold orders that cost more.")
    currency = graphene.String(description="TOTAL_ABOVE: of the amount.")
    countries = graphene.List(graphene.NonNull(graphene.String), description="DESTINATION_IN.")
    quantity = graphene.Int(description="QUANTITY_ABOVE: hold orders with more units.")
    key = graphene.String(description="METADATA: of the order.")
    value = graphene.String(description="METADATA: nothing is any value.")


class RoutingPolicySet(Mutation):
    """Say what the router should do in a channel; what is left out or null stays as it is."""

    permission = PLUGINS
    policy = graphene.Field(RoutingPolicyType)

    class Arguments:
        channel = graphene.String(
            default_value="", description="The channel's slug; without it, every channel without its own."
        )
        objective = RoutingObjective(description="What the best plan has least of.")
        currency = graphene.String(description="Of the amounts; the active rate card's by default.")
        per_parcel = Amount(description="WEIGHTED: added to the cost per parcel.")
        per_100_km = Amount(name="per100Km", description="WEIGHTED: per 100 km of a parcel's way.")
        per_day = Amount(description="WEIGHTED: per day until a parcel arrives.")
        late_per_day = Amount(description="Per parcel and day after the promised one.")
        promise_days = graphene.Int(description="Days after the order in which it should arrive.")
        most_parcels = graphene.Int(description="The most parcels an order may become.")
        split = graphene.Boolean(description="False: one parcel with everything, or nothing.")
        shortage = RoutingShortage(description="Ship what is there, or wait for all of it.")
        hold_rules = graphene.List(graphene.NonNull(HoldRuleInput))
        route_when = RouteWhen()
        create_fulfillments = graphene.Boolean()
        reset = graphene.List(
            graphene.NonNull(RoutingPolicyField), description="Fields that go back to their default."
        )

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        """Store the policy."""
        channel, reset = data.pop("channel"), data.pop("reset", None) or ()
        return {"channel": set_policy(channel, camel(data), reset=reset).pk}

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> RoutingPolicySet:
        """The policy as it is now; null when it was deleted since."""
        row = store.policy(result["channel"])
        return cls(policy=show_policy(row) if row else None)


class RoutingPolicyDelete(Mutation):
    """Delete a channel's policy: it follows that of every channel, or the defaults."""

    permission = PLUGINS
    channel = graphene.String()

    class Arguments:
        channel = graphene.String(default_value="", description="The channel's slug.")

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        """Delete it."""
        delete_policy(data["channel"])
        return {"channel": data["channel"]}


class PolicyMutations(graphene.ObjectType):
    """What can be set about policies."""

    routing_policy_set = RoutingPolicySet.Field()
    routing_policy_delete = RoutingPolicyDelete.Field()
