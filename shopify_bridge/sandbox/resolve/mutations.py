"""The mutations: all of it, or userErrors and nothing."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLResolveInfo

from .. import fulfillments, inventory, orders, products
from .. import metafields as values
from ..errors import UserError, UserErrors
from ..state import Doc
from .common import Fields, Resolver, state_of


def _mutation(result: str, call: Resolver, *, keyed: bool = False) -> Resolver:
    """Run a mutation: all of it, or userErrors and nothing."""

    def resolve(_: Any, info: GraphQLResolveInfo, **args: Any) -> Doc:
        state = state_of(info)
        try:
            with state.transaction():
                if not keyed:
                    return {result: call(info, **args), "userErrors": []}
                key = info.context.key_of(info.field_nodes[0])
                _may_be_stale(info, key)
                done = inventory.idempotently(state, key, info.field_name, args, lambda: call(info, **args))
                return {result: done, "userErrors": []}
        except UserError as error:
            return {result: None, "userErrors": [error.entry]}
        except UserErrors as errors:
            return {result: None, "userErrors": errors.entries}

    return resolve


def _may_be_stale(info: GraphQLResolveInfo, key: str | None) -> None:
    """A repeated key may be compared again, and then what it did itself makes it stale: a switch."""
    repeated = key and info.field_name == "inventorySetQuantities" and state_of(info).answer(key)
    if repeated and info.context.faults.chance("stale"):
        raise UserError(
            "The changeFromQuantity value does not match persisted value.",
            *("input", "quantities", "0", "changeFromQuantity"),
            code="CHANGE_FROM_QUANTITY_STALE",
        )


_MUTATIONS: dict[str, Resolver] = {
    "productSet": _mutation(
        "product",
        lambda info, input, identifier=None, synchronous=True: products.product_set(
            state_of(info), identifier, input
        ),
    ),
    "metafieldDefinitionCreate": _mutation(
        "createdDefinition", lambda info, definition: values.define(state_of(info), definition)
    ),
    "metafieldsSet": _mutation(
        "metafields", lambda info, metafields: values.set_values(state_of(info), metafields)
    ),
    "inventorySetQuantities": _mutation(
        "inventoryAdjustmentGroup",
        lambda info, input: inventory.set_quantities(state_of(info), input),
        keyed=True,
    ),
    "inventoryActivate": _mutation(
        "inventoryLevel",
        lambda info, **args: inventory.activate(
            state_of(info), args["inventoryItemId"], args["locationId"], args.get("available")
        ),
        keyed=True,
    ),
    "orderCreate": _mutation(
        "order",
        lambda info, order, options=None: orders.order_create(
            state_of(info), info.context.shop, order, options or {}
        ),
    ),
    "fulfillmentCreate": _mutation(
        "fulfillment",
        lambda info, fulfillment, message=None: fulfillments.create(state_of(info), fulfillment),
    ),
    "fulfillmentTrackingInfoUpdate": _mutation(
        "fulfillment",
        lambda info, **args: fulfillments.set_tracking(
            state_of(info), args["fulfillmentId"], args["trackingInfoInput"]
        ),
    ),
}

FIELDS: Fields = {"Mutation": _MUTATIONS}
