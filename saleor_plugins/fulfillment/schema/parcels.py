"""Parcels: what can be asked about them and done with them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import graphene

from ...http.api import Mutation, connection_field, page, require
from ...kernel.errors import Invalid, PermissionDenied, Required
from ...kernel.ids import own_key
from ...platform import shop
from ...platform.port import ShipItem
from .. import store
from ..domain.shipment import REPORTED
from ..domain.tracking_file import Problem
from ..models import Shipment
from ..usecases import change_shipment
from ..usecases.ship_order import ship_order
from ..usecases.tracking_import import import_tracking
from ..views.documents import pick_list_of, picks_of
from ..views.links import address, tracking_token
from .parcel_types import (
    PickListType,
    PlannedParcelType,
    ShipmentType,
    StrayConnection,
    TrackingProblem,
    show_picks,
    show_planned,
    show_problems,
    show_shipments,
    show_stray,
)

ORDERS = "MANAGE_ORDERS"


def _asker(info: Any) -> str:
    return info.context.asker.id or ""


class ParcelQueries(graphene.ObjectType):
    """What can be asked about parcels."""

    shipments = graphene.List(
        graphene.NonNull(ShipmentType),
        order_id=graphene.ID(required=True, description="Saleor's Order id."),
        description="The order's parcels with their history, oldest first. Requires MANAGE_ORDERS.",
    )
    planned_parcels = graphene.List(
        graphene.NonNull(PlannedParcelType),
        order_id=graphene.ID(required=True, description="Saleor's Order id."),
        description="The order's parcels that have not left yet. Requires MANAGE_ORDERS.",
    )
    pick_list = graphene.Field(
        PickListType,
        warehouse_id=graphene.ID(required=True),
        day=graphene.Date(description="What leaves on this day, and what should have left before."),
        order_ids=graphene.List(graphene.NonNull(graphene.ID), description="Or: of these orders."),
        description="What a warehouse has to pick; orders on hold are left out. Requires MANAGE_ORDERS.",
    )
    tracking_url = graphene.String(
        order_id=graphene.ID(required=True, description="Saleor's Order id."),
        description="The public page of the order's parcels. Staff and apps need MANAGE_ORDERS; the "
        "customer who placed the order may ask for it too.",
    )
    stray_scans = connection_field(
        StrayConnection,
        "Carriers' scans of numbers that no parcel has, newest first. Requires MANAGE_ORDERS.",
    )

    @staticmethod
    def resolve_shipments(root: Any, info: Any, order_id: str) -> Any:
        require(info, ORDERS)
        return show_shipments(store.shipments(order_id), info)

    @staticmethod
    def resolve_planned_parcels(root: Any, info: Any, order_id: str) -> Any:
        require(info, ORDERS)
        return [show_planned(row) for row in store.planned_of([order_id])]

    @staticmethod
    def resolve_pick_list(
        root: Any, info: Any, warehouse_id: str, day: date | None = None, order_ids: list[str] | None = None
    ) -> Any:
        require(info, ORDERS)
        if day and order_ids is not None:
            raise Invalid("Name a day or orders, not both.", field="orderIds")
        what = picks_of(warehouse_id, day, order_ids)
        return show_picks(pick_list_of(what), what)

    @staticmethod
    def resolve_tracking_url(root: Any, info: Any, order_id: str) -> str:
        asker = info.context.asker
        if not asker.may(ORDERS) and not shop().owns_order(asker, order_id):
            raise PermissionDenied(f"You need the permission {ORDERS}, or to have placed the order.")
        order = shop().order(order_id)
        return address(info.context, f"track/{tracking_token(order.id)}/")

    @staticmethod
    def resolve_stray_scans(root: Any, info: Any, first: int, after: str | None = None) -> Any:
        require(info, ORDERS)
        return page(StrayConnection, store.strays(), first, after, lambda row: show_stray(row, info))


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


class TrackingImport(Mutation):
    """Set tracking numbers and states from a CSV file of up to 1,000 lines; a bad line stops all of them.

    Columns: order or fulfillment, tracking_number, carrier, status, time. The command `import_tracking`
    takes longer files.
    """

    permission = ORDERS
    lines = graphene.Int(description="Lines that were read.")
    applied = graphene.Int(description="Lines that were written.")
    problems = graphene.List(graphene.NonNull(TrackingProblem), description="Lines that cannot be used.")

    class Arguments:
        csv = graphene.String(required=True)
        skip_bad = graphene.Boolean(default_value=False, description="Write the good lines all the same.")
        dry_run = graphene.Boolean(default_value=False, description="Only check.")
        notify_customer = graphene.Boolean(default_value=False)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        """Check all lines, then write them."""
        switches = {name: bool(data[name]) for name in ("skip_bad", "dry_run", "notify_customer")}
        done = import_tracking(data["csv"], by=_asker(info), **switches)
        problems = [[row.line, row.column, row.message, row.code] for row in done.problems]
        return {"lines": done.lines, "applied": done.applied, "problems": problems}

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> TrackingImport:
        """The counts, and every line that could not be used."""
        problems = [Problem(*row) for row in result["problems"]]
        return cls(lines=result["lines"], applied=result["applied"], problems=show_problems(problems))


class ParcelMutations(graphene.ObjectType):
    """What can be done with parcels."""

    shipment_create = ShipmentCreate.Field()
    shipment_tracking_set = ShipmentTrackingSet.Field()
    shipment_event_add = ShipmentEventAdd.Field()
    shipment_deliver = ShipmentDeliver.Field()
    shipment_exception = ShipmentException.Field()
    shipment_return_to_sender = ShipmentReturnToSender.Field()
    shipment_cancel = ShipmentCancel.Field()
    tracking_import = TrackingImport.Field()
