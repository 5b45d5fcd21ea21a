"""What can be done with a parcel."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import graphene

from ...http.api import Mutation
from ...kernel.errors import Invalid, Required
from ...kernel.ids import own_key
from ...platform.port import ShipItem
from .. import store
from ..domain.parcels.shipment import REPORTED
from ..models import Shipment
from ..usecases import change_shipment
from ..usecases.ship_order import ship_order
from .parcel_types import ShipmentType
from .show_parcels import show_shipments

ORDERS = "MANAGE_ORDERS"


def _asker(info: Any) -> str:
    return info.context.asker.id or ""


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
        rows = store.shipments_in([UUID(key) for key in result["shipments"]])
        return cls(shipments=show_shipments(rows, info))


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
        return cls(shipment=show_shipments(store.shipments_in([UUID(result["shipment"])]), info)[0])


class ShipmentTrackingSet(ShipmentChange):
    """Set a parcel's tracking number, in Saleor too, and its carrier."""

    shipment = graphene.Field(ShipmentType)

    class Arguments:
        id = graphene.ID(required=True)
        tracking_number = graphene.String(required=True)
        carrier_id = graphene.ID(description="Left out, the carrier stays.")
        notify_customer = graphene.Boolean(default_value=False)

    @classmethod
    def change(cls, info: Any, key: UUID, **data: Any) -> Shipment:
        """Set it."""
        named = data.get("carrier_id")
        carrier = store.carrier(own_key(named, "Carrier", field="carrierId")) if named else None
        notify = bool(data["notify_customer"])
        return change_shipment.set_tracking(
            key, data["tracking_number"], carrier=carrier, notify_customer=notify, by=_asker(info)
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


class ShipmentException(ShipmentChange):
    """Note that something is wrong with a parcel, or that it was not delivered or sent back after all."""

    shipment = graphene.Field(ShipmentType)

    class Arguments:
        id = graphene.ID(required=True)
        description = graphene.String(default_value="")

    @classmethod
    def change(cls, info: Any, key: UUID, **data: Any) -> Shipment:
        """Note it."""
        return change_shipment.mark_exception(key, data["description"] or "", by=_asker(info))


class ShipmentReturnToSender(ShipmentChange):
    """Note that a parcel comes back, or with `arrived` that it is back.

    Its units are not put into stock: receive them at the returns desk, or use shipmentCancel.
    """

    shipment = graphene.Field(ShipmentType)

    class Arguments:
        id = graphene.ID(required=True)
        arrived = graphene.Boolean(default_value=False, description="It is back already.")
        description = graphene.String(default_value="")

    @classmethod
    def change(cls, info: Any, key: UUID, **data: Any) -> Shipment:
        """Note it."""
        text = data["description"] or ""
        return change_shipment.send_back(key, text, arrived=bool(data["arrived"]), by=_asker(info))


class ShipmentEventAdd(ShipmentChange):
    """Note something that happened to a parcel; older than what is known, it is history only."""

    shipment = graphene.Field(ShipmentType)

    class Arguments:
        id = graphene.ID(required=True)
        status = graphene.String(required=True, description=f"{', '.join(REPORTED)}.")
        at = graphene.DateTime(description="When it happened; default: now.")
        description = graphene.String(default_value="")
        place = graphene.String(default_value="")

    @classmethod
    def change(cls, info: Any, key: UUID, **data: Any) -> Shipment:
        """Note it."""
        at: datetime | None = data.get("at")
        if at and at.tzinfo is None:
            raise Invalid("Must have an offset, such as Z or +01:00.", field="at")
        return change_shipment.add_event(
            key,
            data["status"],
            at=at,
            description=data["description"] or "",
            place=data["place"] or "",
            by=_asker(info),
        )


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
