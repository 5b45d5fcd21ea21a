"""The GraphQL types of parcels, carriers and printed documents."""

from __future__ import annotations

import base64
from typing import Any

import graphene

from ...http.api import connection
from ..domain.parcels.shipment import STATES
from ..views.documents import slip_of
from ..views.links import document_url
from .types import ParcelItem

FORMATS = {
    "format": graphene.String(default_value="html", description="html or pdf."),
    "paper": graphene.String(default_value="a4", description="a4 or letter."),
}


class CarrierType(graphene.ObjectType):
    """Who moves parcels. Its secret is answered when it is made or replaced, and never again."""

    class Meta:
        name = "Carrier"

    id = graphene.ID(required=True)
    name = graphene.String(required=True)
    tracking_url = graphene.String(
        required=True, description="Its page of a parcel, {number} for the number."
    )
    is_active = graphene.Boolean(required=True, description="Whether its reports are taken in.")
    api = graphene.String(required=True, description="karrio's name of it; empty: not asked.")
    report_url = graphene.String(required=True, description="Where it reports scans.")


class ShipmentEventType(graphene.ObjectType):
    """A line of a parcel's ledger."""

    class Meta:
        name = "ShipmentEvent"

    status = graphene.String(required=True)
    at = graphene.DateTime(required=True, description="When it happened.")
    noted = graphene.DateTime(required=True, description="When we heard of it.")
    source = graphene.String(required=True, description="STAFF, SALEOR, CSV or CARRIER.")
    verb = graphene.String(required=True, description="create, track, or what was reported.")
    description = graphene.String(required=True)
    place = graphene.String(required=True)
    tracking_number = graphene.String(required=True, description="The parcel's number then.")
    external_id = graphene.String(required=True, description="The reporter's own id of it.")
    done_by = graphene.ID(description="Saleor's id of the person or app.")


class LabelType(graphene.ObjectType):
    """A label that was bought."""

    class Meta:
        name = "ShipmentLabel"

    state = graphene.String(required=True, description="RESERVED, DONE or UNKNOWN: look at the carrier.")
    service = graphene.String(required=True)
    format = graphene.String(required=True)
    tracking_number = graphene.String(required=True)
    url = graphene.String(description="Opens it for ten minutes.")


class ShipmentType(graphene.ObjectType):
    """A parcel that is followed."""

    class Meta:
        name = "Shipment"

    id = graphene.ID(required=True)
    order_id = graphene.ID(required=True)
    fulfillment_id = graphene.ID(required=True, description="Saleor's Fulfillment id.")
    warehouse_id = graphene.ID(description="Null where Saleor does not say.")
    tracking_number = graphene.String(required=True)
    carrier = graphene.Field(CarrierType)
    carrier_url = graphene.String(description="The carrier's page about it.")
    state = graphene.String(required=True, description=f"{', '.join(STATES)}.")
    items = graphene.List(graphene.NonNull(ParcelItem), required=True)
    history = graphene.List(
        graphene.NonNull(ShipmentEventType), required=True, description="In the order in which it happened."
    )
    created = graphene.DateTime(required=True)
    label = graphene.Field(LabelType, description="Its label, when one was bought.")
    packing_slip_url = graphene.String(
        required=True, description="Opens its packing slip in a browser for ten minutes.", **FORMATS
    )

    def resolve_packing_slip_url(self, info: Any, format: str, paper: str) -> str:
        key = key_of(self.id)
        return document_url(info.context, slip_of("Shipment", key), format, paper)


class PlannedParcelType(graphene.ObjectType):
    """A parcel that has not left: it can be printed before it is made."""

    class Meta:
        name = "PlannedParcel"

    id = graphene.ID(required=True)
    order_id = graphene.ID(required=True)
    warehouse_id = graphene.ID(required=True)
    ship_on = graphene.Date()
    arrives_on = graphene.Date()
    items = graphene.List(graphene.NonNull(ParcelItem), required=True)
    packing_slip_url = graphene.String(
        required=True, description="Opens its packing slip in a browser for ten minutes.", **FORMATS
    )

    def resolve_packing_slip_url(self, info: Any, format: str, paper: str) -> str:
        return document_url(info.context, slip_of("PlannedParcel", key_of(self.id)), format, paper)


class PickOrderType(graphene.ObjectType):
    """How many units are for an order."""

    class Meta:
        name = "PickOrder"

    order_number = graphene.String(required=True)
    quantity = graphene.Int(required=True)


class PickType(graphene.ObjectType):
    """What to take of one product."""

    class Meta:
        name = "Pick"

    sku = graphene.String(required=True)
    product_name = graphene.String(required=True)
    variant_name = graphene.String(required=True)
    quantity = graphene.Int(required=True)
    orders = graphene.List(graphene.NonNull(PickOrderType), required=True)


class PickListType(graphene.ObjectType):
    """What a warehouse takes from its shelves, sorted by SKU."""

    class Meta:
        name = "PickList"

    warehouse_name = graphene.String(required=True)
    units = graphene.Int(required=True)
    order_numbers = graphene.List(graphene.NonNull(graphene.String), required=True)
    picks = graphene.List(graphene.NonNull(PickType), required=True)
    url = graphene.String(required=True, description="Opens it in a browser for ten minutes.", **FORMATS)

    def resolve_url(self, info: Any, format: str, paper: str) -> str:
        return document_url(info.context, self.what, format, paper)


class StrayScanType(graphene.ObjectType):
    """A carrier's scan of a number that no parcel has yet."""

    class Meta:
        name = "StrayScan"

    id = graphene.ID(required=True)
    carrier = graphene.Field(CarrierType, required=True)
    tracking_number = graphene.String(required=True)
    status = graphene.String(required=True)
    at = graphene.DateTime(required=True)
    noted = graphene.DateTime(required=True)
    description = graphene.String(required=True)
    place = graphene.String(required=True)


class TrackingProblem(graphene.ObjectType):
    """Why a line of a file cannot be used."""

    line = graphene.Int(required=True)
    column = graphene.String(required=True, description="Empty when it is about the whole line.")
    message = graphene.String(required=True)
    code = graphene.String(required=True)


StrayConnection = connection(StrayScanType, "StrayScan")


def key_of(value: str) -> str:
    """The key inside one of our own ids that we just made."""
    return base64.b64decode(value).decode().partition(":")[2]
