"""Carriers' own services: quotes and labels."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import graphene

from ...http.api import Mutation, require
from ...kernel.ids import own_key
from ..models import ShipmentLabel
from ..usecases.carrier_label import FORMATS, buy_label, quotes
from ..views.documents import label_of
from ..views.links import document_url
from .show import money
from .types import Money

ORDERS = "MANAGE_ORDERS"


class ShippingQuote(graphene.ObjectType):
    """What a carrier's service costs for a parcel."""

    service = graphene.String(required=True)
    name = graphene.String(required=True)
    price = graphene.Field(Money, required=True)
    transit_days = graphene.Int()


class LabelQueries(graphene.ObjectType):
    """What can be asked of carriers."""

    shipment_quotes = graphene.List(
        graphene.NonNull(ShippingQuote),
        id=graphene.ID(required=True, description="The Shipment."),
        carrier_id=graphene.ID(required=True),
        grams=graphene.Int(description="Needed when a product's weight is not known."),
        description="What the carrier asks for a parcel, cheapest first. Requires MANAGE_ORDERS.",
    )

    @staticmethod
    def resolve_shipment_quotes(
        root: Any,
        info: Any,
        id: str,
        carrier_id: str,
        grams: int | None = None,
    ) -> Any:
        require(info, ORDERS)
        carrier = own_key(carrier_id, "Carrier", field="carrierId")
        return [
            ShippingQuote(
                service=row.service,
                name=row.name,
                price=money(row.amount, row.currency),
                transit_days=row.transit_days,
            )
            for row in quotes(own_key(id, "Shipment"), carrier, grams=grams)
        ]


class ShipmentLabelBuy(Mutation):
    """Buy a parcel's label from its carrier and set the number. The label it has already is answered again.

    With the code UNKNOWN_OUTCOME the carrier's answer was lost: look there, then ask with `again`.
    """

    permission = ORDERS
    # The carrier is asked between two transactions.
    atomic = False
    tracking_number = graphene.String()
    format = graphene.String()
    url = graphene.String(description="Opens the label for ten minutes.")

    class Arguments:
        id = graphene.ID(required=True)
        carrier_id = graphene.ID(required=True)
        service = graphene.String(required=True, description="As shipmentQuotes names it.")
        format = graphene.String(default_value="PDF", description=f"{', '.join(FORMATS)}.")
        grams = graphene.Int(description="Needed when a product's weight is not known.")
        again = graphene.Boolean(default_value=False, description="The last one was not made after all.")

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        """Buy it."""
        row = buy_label(
            own_key(data["id"], "Shipment"),
            own_key(data["carrier_id"], "Carrier", field="carrierId"),
            data["service"],
            form=data["format"] or "PDF",
            grams=data.get("grams"),
            again=bool(data["again"]),
            by=info.context.asker.id or "",
        )
        return {"label": str(row.pk)}

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> ShipmentLabelBuy:
        """The label and a link to it."""
        row = ShipmentLabel.objects.defer("content").get(pk=UUID(result["label"]))
        url = document_url(info.context, label_of(str(row.shipment_id)))
        return cls(tracking_number=row.tracking_number, format=row.format, url=url)


class LabelMutations(graphene.ObjectType):
    """What can be bought from carriers."""

    shipment_label_buy = ShipmentLabelBuy.Field()
