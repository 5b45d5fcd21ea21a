"""Before they buy, shoppers see when it would arrive, from the engine that will route the order."""

from __future__ import annotations

from devshop.client import GraphQL
from devshop.environments import has_saleor3
from devshop.story.sale import QUANTITIES
from devshop.story.stage import CHANNEL, Outcome, Stage, check

TITLE = "Promised before the sale"
_PLUGIN = "saleor_plugins.fulfillment"
_OPEN = """mutation($id: ID!, $input: PluginUpdateInput!) {
  pluginUpdate(id: $id, input: $input) { plugin { id } pluginsErrors { field message code } } }"""
_ASK = """query($items: [GoodsInput!]!, $many: [GoodsInput!]!, $channel: String) {
  availability(items: $many, country: "US", postalCode: "60606", city: "Chicago", channel: $channel) {
    together items { asked available code } }
  deliveryPromises(items: $items, country: "US", postalCode: "60606", city: "Chicago", channel: $channel) {
    shippingMethodName complete arrivesOn parcels } }"""
TOO_MANY = 50


def play(stage: Stage) -> Outcome:
    """Storefronts are let in; nobody is logged in, nothing is reserved."""
    switch = {"active": True, "configuration": [{"name": "storefront_answers", "value": "true"}]}
    stage.staff(_OPEN, id=_PLUGIN, input=switch)
    visitor = GraphQL(stage.plugin("fulfillment").address)
    items = [
        {"variantId": variant.id, "quantity": quantity}
        for variant, quantity in zip(stage.variants, QUANTITIES, strict=True)
    ]
    many = [{"variantId": stage.variants[0].id, "quantity": TOO_MANY}]
    channel = CHANNEL if has_saleor3() else None
    found = visitor(_ASK, items=items, many=many, channel=channel)
    item = found["availability"]["items"][0]
    check(0 < item["available"] <= TOO_MANY, f"available: {item}")
    promises = [row for row in found["deliveryPromises"] if row["complete"]]
    check(bool(promises) and all(row["arrivesOn"] for row in promises), f"promised: {promises}")
    check({row["parcels"] for row in promises} == {1}, f"promised: {promises}")
    first = promises[0]
    return Outcome(
        f"A visitor sees: one parcel, there by {first['arrivesOn']} with {first['shippingMethodName']}"
        f"; {item['available']} of {TOO_MANY} could be shipped",
        "fulfillment GraphQL, not logged in: deliveryPromises, availability",
    )
