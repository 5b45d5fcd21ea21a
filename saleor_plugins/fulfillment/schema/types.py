"""The GraphQL types of the router."""

from __future__ import annotations

from typing import Any

import graphene
from graphql.language import ast

from ...http.api import connection


class Amount(graphene.Scalar):
    """An amount of money: a number, or better a string such as "4.90", which no client rounds."""

    serialize = staticmethod(str)

    @staticmethod
    def parse_value(value: Any) -> str:
        """Kept as text: the use case checks it and names the field."""
        return str(value)

    @staticmethod
    def parse_literal(node: Any) -> str | None:
        """The same for a literal."""
        numbers = (ast.StringValue, ast.IntValue, ast.FloatValue)
        return node.value if isinstance(node, numbers) else None


class Money(graphene.ObjectType):
    """An amount."""

    amount = graphene.String(required=True, description="A decimal number with the currency's decimals.")
    currency = graphene.String(required=True)


class ParcelItem(graphene.ObjectType):
    """Units of an order line."""

    line_id = graphene.ID(required=True, description="Saleor's OrderLine id.")
    quantity = graphene.Int(required=True)


class RoutedParcel(graphene.ObjectType):
    """What one warehouse ships, and what its cost is made of."""

    warehouse_id = graphene.ID(required=True)
    warehouse_name = graphene.String(required=True)
    items = graphene.List(graphene.NonNull(ParcelItem), required=True)
    ship_on = graphene.Date(description="The day it is planned to leave; null when none is known.")
    arrives_on = graphene.Date(description="The day it is planned to arrive.")
    late_days = graphene.Int(required=True, description="Days after the day that was promised.")
    km = graphene.Float(description="The length of its way; null when a place is not known.")
    packages = graphene.Int(required=True, description="How many packages its weight needs.")
    penalty = graphene.Field(
        Money, required=True, description="What lateness and the policy's weights added in the comparison."
    )
    cost = graphene.Field(Money, required=True)
    base = graphene.Field(Money, required=True)
    weight = graphene.Field(Money, required=True)
    units = graphene.Field(Money, required=True)
    handling = graphene.Field(Money, required=True)


class UnsourcedLine(graphene.ObjectType):
    """Units that wait, and why."""

    line_id = graphene.ID(required=True)
    name = graphene.String(required=True)
    quantity = graphene.Int(required=True)
    code = graphene.String(required=True)
    reason = graphene.String(required=True)


class LineLeftAlone(graphene.ObjectType):
    """A line that is not routed, and why."""

    line_id = graphene.ID(required=True)
    name = graphene.String(required=True)
    code = graphene.String(required=True)
    reason = graphene.String(required=True)


class RejectedWarehouse(graphene.ObjectType):
    """A warehouse that ships nothing of the order, why, and what a parcel from it would cost."""

    warehouse_id = graphene.ID(required=True)
    warehouse_name = graphene.String(required=True)
    code = graphene.String(required=True)
    reason = graphene.String(required=True)
    covers = graphene.Int(required=True, description="Units of the plan that it has.")
    cost = graphene.Field(Money, description="The order's cost with a parcel from there.")
    difference = graphene.Field(Money, description="How much more that is.")


class RunnerUpPlan(graphene.ObjectType):
    """The best plan without one of the chosen warehouses."""

    without = graphene.ID(required=True)
    warehouses = graphene.List(graphene.NonNull(graphene.ID), required=True)
    cost = graphene.Field(Money, required=True)
    difference = graphene.Field(Money, required=True)
    short = graphene.Int(required=True, description="Units fewer than the plan ships.")
    proven = graphene.Boolean(required=True, description="Whether nothing between the two can exist.")


class RoutingPlan(graphene.ObjectType):
    """Who ships what and why: a decision, or the preview of one."""

    outcome = graphene.String(
        required=True, description="ROUTED, PARTIAL, WAITING, UNROUTABLE or NOTHING_TO_ROUTE."
    )
    objective = graphene.String(
        required=True, description="What it has least of: COST, PARCELS, DISTANCE, DAYS or WEIGHTED."
    )
    promised_on = graphene.Date(description="The day that the policy promises; null for none.")
    arrives_on = graphene.Date(description="The day that the last parcel is planned to arrive.")
    penalty = graphene.Field(
        Money, required=True, description="What lateness and the policy's weights added in the comparison."
    )
    withheld = graphene.List(
        graphene.NonNull(RoutedParcel),
        required=True,
        description="What could leave now if the policy did not wait for all of it.",
    )
    country = graphene.String(required=True)
    cost = graphene.Field(Money, required=True)
    parcels = graphene.List(graphene.NonNull(RoutedParcel), required=True)
    unsourced = graphene.List(graphene.NonNull(UnsourcedLine), required=True)
    left_alone = graphene.List(graphene.NonNull(LineLeftAlone), required=True)
    rejected = graphene.List(graphene.NonNull(RejectedWarehouse), required=True)
    runner_up = graphene.Field(RunnerUpPlan)
    rate_table = graphene.String(required=True)
    explanation = graphene.List(graphene.NonNull(graphene.String), required=True)
    optimal = graphene.Boolean(required=True, description="Whether no plan can be cheaper.")
    bound = graphene.Field(Money, required=True, description="Proven: no plan costs less.")


class RoutingDecisionType(graphene.ObjectType):
    """A committed decision."""

    class Meta:
        name = "RoutingDecision"

    id = graphene.ID(required=True)
    order_id = graphene.ID(required=True)
    version = graphene.Int(required=True)
    trigger = graphene.String(required=True, description="EVENT, MANUAL, WAVE or REROUTE.")
    why = graphene.String(
        required=True,
        description="FIRST, STOCK_CHANGED, ADDRESS_CHANGED, LINES_CHANGED, REJECTED, SHORT_PICK, LIFTED, "
        "RELEASED, ASKED or WAVE.",
    )
    moved = graphene.Int(required=True, description="Units that changed their warehouse with it.")
    decided_by = graphene.ID(description="Saleor's id of the person or app that asked; null for none.")
    wave_id = graphene.ID(description="The wave it was made in.")
    created = graphene.DateTime(required=True)
    plan = graphene.Field(RoutingPlan, required=True)


DecisionConnection = connection(RoutingDecisionType, "RoutingDecision")
