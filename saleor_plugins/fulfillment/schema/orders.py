"""The mutations of orders and their parcels."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import graphene

from ...http.api import Mutation, connection_field, page, require
from ...kernel.errors import Required
from ...kernel.ids import own_key
from ...platform.port import ShipItem
from .. import store
from ..models import Hold, RoutingDecision, Shipment
from ..usecases import change_shipment
from ..usecases.commit_decision import Trigger
from ..usecases.route_order import preview, route_order
from ..usecases.ship_order import ship_order
from .life import routed_json
from .life_types import HoldType, show_hold
from .show import show_decision, show_preview, show_shipment
from .types import DecisionConnection, RoutingDecisionType, RoutingPlan, ShipmentType

ORDERS = "MANAGE_ORDERS"


def _asker(info: Any) -> str:
    return info.context.asker.id or ""


class OrderQueries(graphene.ObjectType):
    """What can be asked about an order's routing."""

    routing_decision = graphene.Field(
        RoutingDecisionType,
        order_id=graphene.ID(required=True, description="Saleor's Order id."),
        description="The decision in force for an order; null before the first. Requires MANAGE_ORDERS.",
    )
    routing_decisions = connection_field(
        DecisionConnection,
        "The ledger of decisions, newest first, of one order or of all. Requires MANAGE_ORDERS.",
        order_id=graphene.ID(description="Saleor's Order id."),
    )
    routing_preview = graphene.Field(
        RoutingPlan,
        order_id=graphene.ID(required=True, description="Saleor's Order id."),
        description="What routing the order now would decide; nothing is changed. Requires MANAGE_ORDERS.",
    )

    @staticmethod
    def resolve_routing_decision(root: Any, info: Any, order_id: str) -> Any:
        require(info, ORDERS)
        row = store.current(order_id)
        return show_decision(row) if row else None

    @staticmethod
    def resolve_routing_decisions(
        root: Any, info: Any, first: int, after: str | None = None, order_id: str | None = None
    ) -> Any:
        require(info, ORDERS)
        return page(DecisionConnection, store.decisions(order_id), first, after, show_decision)

    @staticmethod
    def resolve_routing_preview(root: Any, info: Any, order_id: str) -> Any:
        require(info, ORDERS)
        return show_preview(preview(order_id))


class RouteOrder(Mutation):
    """Route an order now. Unlike a hook, this also leaves a plan that stands for one that is cheaper."""

    permission = ORDERS
    decision = graphene.Field(RoutingDecisionType, description="The decision in force then.")
    changed = graphene.Boolean(description="Whether a new decision was made.")
    hold = graphene.Field(HoldType, description="The hold that a rule placed instead of routing the order.")

    class Arguments:
        order_id = graphene.ID(required=True)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        """Route."""
        routed = route_order(data["order_id"], trigger=Trigger.MANUAL, by=_asker(info))
        return routed_json(routed)

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> RouteOrder:
        """The decision in force then."""
        row = RoutingDecision.objects.get(pk=result["decision"]) if result["decision"] else None
        hold = Hold.objects.get(pk=result["hold"]) if result["hold"] else None
        return cls(
            decision=show_decision(row) if row else None,
            changed=result["changed"],
            hold=show_hold(hold) if hold else None,
        )


class ShipmentItemInput(graphene.InputObjectType):
    """Units of a line to ship from a warehouse."""

    line_id = graphene.ID(required=True)
    warehouse_id = graphene.ID(required=True)
    quantity = graphene.Int(required=True)


class ShipmentCreate(Mutation):
    """Create the order's parcels in Saleor: as routed, or exactly the items."""

    permission = ORDERS
    shipments = graphene.List(graphene.NonNull(ShipmentType))

    class Arguments:
        order_id = graphene.ID(required=True)
        tracking_number = graphene.String(default_value="")
        items = graphene.List(graphene.NonNull(ShipmentItemInput), description="Default: as routed.")
        notify_customer = graphene.Boolean(default_value=False)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        """Ship."""
        items = data.get("items")
        if items is not None and not items:
            raise Required("Name at least one item, or leave items out.", field="items")
        found = ship_order(
            data["order_id"],
            None if items is None else [ShipItem(**item) for item in items],
            tracking_number=change_shipment.checked_tracking(data["tracking_number"] or ""),
            notify_customer=bool(data["notify_customer"]),
            by=_asker(info),
        )
        return {"shipments": [str(row.pk) for row in found]}

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> ShipmentCreate:
        """The parcels as they are now."""
        rows = Shipment.objects.filter(pk__in=result["shipments"]).order_by("pk")
        return cls(shipments=[show_shipment(row) for row in rows])


class ShipmentChange(Mutation):
    """Base of what is done to one shipment."""

    class Meta:
        abstract = True

    permission = ORDERS

    @classmethod
    def change(cls, info: Any, key: UUID, **data: Any) -> Shipment:
        """Do it."""
        raise NotImplementedError

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        """Find the shipment and change it."""
        return {"shipment": str(cls.change(info, own_key(data.pop("id"), "Shipment"), **data).pk)}

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        """The shipment as it is now."""
        return cls(shipment=show_shipment(store.shipment(UUID(result["shipment"]))))


class ShipmentTrackingSet(ShipmentChange):
    """Set a parcel's tracking number, in Saleor too."""

    shipment = graphene.Field(ShipmentType)

    class Arguments:
        id = graphene.ID(required=True)
        tracking_number = graphene.String(required=True)
        notify_customer = graphene.Boolean(default_value=False)

    @classmethod
    def change(cls, info: Any, key: UUID, **data: Any) -> Shipment:
        """Set it."""
        notify = bool(data["notify_customer"])
        return change_shipment.set_tracking(
            key, data["tracking_number"], notify_customer=notify, by=_asker(info)
        )


class ShipmentDeliver(ShipmentChange):
    """Note that a parcel was delivered."""

    shipment = graphene.Field(ShipmentType)

    class Arguments:
        id = graphene.ID(required=True)

    @classmethod
    def change(cls, info: Any, key: UUID, **data: Any) -> Shipment:
        """Note it."""
        return change_shipment.mark_delivered(key, by=_asker(info))


class ShipmentCancel(ShipmentChange):
    """Take a parcel back: its units are in stock and allocated again."""

    shipment = graphene.Field(ShipmentType)

    class Arguments:
        id = graphene.ID(required=True)
        warehouse_id = graphene.ID(description="Where the units return to; default: where they came from.")

    @classmethod
    def change(cls, info: Any, key: UUID, **data: Any) -> Shipment:
        """Cancel it."""
        return change_shipment.cancel_shipment(key, warehouse_id=data.get("warehouse_id"), by=_asker(info))


class OrderMutations(graphene.ObjectType):
    """What can be done with orders."""

    route_order = RouteOrder.Field()
    shipment_create = ShipmentCreate.Field()
    shipment_tracking_set = ShipmentTrackingSet.Field()
    shipment_deliver = ShipmentDeliver.Field()
    shipment_cancel = ShipmentCancel.Field()
