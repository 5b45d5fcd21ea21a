"""The mutations: all of it, or userErrors and nothing."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLResolveInfo

from .. import activation, definitions, fulfillments, inventory, orders, products
from .. import metafields as values
from ..errors import UserError, UserErrors
from ..state import Doc
from .common import Fields, Resolver, state_of


def mutation(
    result: str | None,
    call: Resolver,
    *,
    keyed: bool = False,
    errors: str = "userErrors",
    also: Resolver | None = None,
) -> Resolver:
    """Run a mutation: all of it, or errors and nothing.

    Its payload's field `result` is what `call` answers (the whole payload where `result` is None), `also`
    adds fields that are there either way. `keyed`: it needs an @idempotent key. `errors` names their list.
    """

    def resolve(_: Any, info: GraphQLResolveInfo, **args: Any) -> Doc:
        state = state_of(info)
        rest = also(info) if also else {}
        try:
            with state.transaction():
                if keyed:
                    key = info.context.key_of(info.field_nodes[0])
                    _may_be_stale(info, key)
                    done = inventory.idempotently(
                        state, key, info.field_name, args, lambda: call(info, **args)
                    )
                else:
                    done = call(info, **args)
        except UserError as error:
            return {result: None, errors: [error.entry]} | rest
        except UserErrors as several:
            return {result: None, errors: several.entries} | rest
        return ({result: done} if result else done) | {errors: []} | rest

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


def _product_set(
    info: GraphQLResolveInfo, input: Doc, identifier: Doc | None = None, synchronous: bool = True
) -> Doc:
    """Assumed: an asynchronous one is done by the time its operation is asked for."""
    if synchronous or not isinstance(info, GraphQLResolveInfo):
        return {"product": products.product_set(state_of(info), identifier, input)}
    return {"productSetOperation": products.product_set_later(state_of(info), identifier, input)}


_MUTATIONS: dict[str, Resolver] = {
    "productSet": mutation(None, _product_set),
    "metafieldDefinitionCreate": mutation(
        "createdDefinition", lambda info, definition: definitions.define(state_of(info), definition)
    ),
    "metafieldsSet": mutation(
        "metafields", lambda info, metafields: values.set_values(state_of(info), metafields)
    ),
    "inventorySetQuantities": mutation(
        "inventoryAdjustmentGroup",
        lambda info, input: inventory.set_quantities(state_of(info), input),
        keyed=True,
    ),
    "inventoryActivate": mutation(
        "inventoryLevel",
        lambda info, inventoryItemId, locationId, available=None, onHand=None, **_: activation.activate(
            state_of(info), inventoryItemId, locationId, available, onHand
        ),
        keyed=True,
    ),
    "orderCreate": mutation(
        "order",
        lambda info, order, options=None: orders.order_create(
            state_of(info), info.context.shop, order, options or {}
        ),
    ),
    "fulfillmentCreate": mutation(
        "fulfillment",
        lambda info, fulfillment, message=None: fulfillments.create(state_of(info), fulfillment),
    ),
    "fulfillmentTrackingInfoUpdate": mutation(
        "fulfillment",
        lambda info, **args: fulfillments.set_tracking(
            state_of(info), args["fulfillmentId"], args["trackingInfoInput"]
        ),
    ),
}

FIELDS: Fields = {"Mutation": _MUTATIONS}
