"""The inputs of the returns API."""

from __future__ import annotations

from typing import Any

import graphene

from . import types


class ReturnLineInput(graphene.InputObjectType):
    """Units to return: name the order line, or the line of the parcel they came in."""

    order_line_id = graphene.ID()
    fulfillment_line_id = graphene.ID()
    quantity = graphene.Int(required=True)
    reason_code = types.ReturnReason(description="UNSPECIFIED without.")
    reason = graphene.String(description="In the customer's words, up to 500 characters.")
    resolution = types.ReturnResolution(description="REFUND without.")
    exchange_variant_id = graphene.ID(description="What is wanted instead; for an EXCHANGE.")


class ReturnUnitsInput(graphene.InputObjectType):
    """Units of a return's line."""

    return_line_id = graphene.ID(required=True)
    quantity = graphene.Int(required=True)


def lines_of(kind: Any) -> graphene.List:
    """A list of inputs."""
    return graphene.List(graphene.NonNull(kind), required=True)
