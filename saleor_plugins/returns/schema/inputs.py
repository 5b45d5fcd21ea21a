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
    reason = graphene.String()


class ReceivedLineInput(graphene.InputObjectType):
    """Units of a return's line that arrived."""

    return_line_id = graphene.ID(required=True)
    quantity = graphene.Int(required=True)


class JudgedLineInput(graphene.InputObjectType):
    """What becomes of received units."""

    return_line_id = graphene.ID(required=True)
    quantity = graphene.Int(required=True)
    disposition = types.Disposition(required=True)
    warehouse_id = graphene.ID(description="Without: the plugin's setting, or where the parcel arrived.")
    grade = graphene.String()


def lines_of(kind: Any) -> graphene.List:
    """A list of inputs."""
    return graphene.List(graphene.NonNull(kind), required=True)


class EstimateLineInput(graphene.InputObjectType):
    """Units whose refund is asked for."""

    order_line_id = graphene.ID(required=True)
    quantity = graphene.Int(required=True)
