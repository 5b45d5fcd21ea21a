"""Parcels: what can be asked about them, and files about many."""

from __future__ import annotations

from datetime import date
from typing import Any

import graphene

from ...http.api import Mutation, connection_field, page, require
from ...kernel.errors import Invalid, PermissionDenied
from ...platform import shop
from .. import store
from ..domain.parcels.tracking_file import Problem
from ..usecases.tracking_import import import_tracking
from ..views.documents import pick_list_of, picks_of
from ..views.links import address, tracking_token
from .parcel_types import (
    PickListType,
    PlannedParcelType,
    ShipmentType,
    StrayConnection,
    TrackingProblem,
)
from .shipments import (
    ShipmentCancel,
    ShipmentCreate,
    ShipmentDeliver,
    ShipmentEventAdd,
    ShipmentException,
    ShipmentReturnToSender,
    ShipmentTrackingSet,
)
from .show_parcels import show_picks, show_planned, show_problems, show_shipments, show_stray

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
