"""The merchant opens a second warehouse close to the shopper, and says what parcels cost."""

from __future__ import annotations

from typing import Any

from devshop.environments import has_saleor3
from devshop.story.stage import CHANNEL, Outcome, Stage, Variant, check, in_channel, key

TITLE = "A warehouse near the shopper"
ADDRESS = {
    "streetAddress1": "401 N Wabash Ave",
    "city": "Chicago",
    "countryArea": "IL",
    "postalCode": "60611",
    "country": "US",
}
STOCK = 6
_ZONE = "Americas"
_FAR_COST, _NEAR_COST = "19.00", "4.50"
_CATALOGUE = """{ products%s { edges { node { name productType { isShippingRequired }
  variants { id sku name trackInventory stocks { quantity quantityAllocated warehouse { id } } } } } } }"""
_CREATE = """mutation($input: WarehouseCreateInput!) {
  createWarehouse(input: $input) { warehouse { id } warehouseErrors { field message } } }"""
# assignWarehouseShippingZone of 3.x allows a zone only one warehouse.
_SERVE = """mutation($zone: ID!, $add: [ID!]!) {
  shippingZoneUpdate(id: $zone, input: { addWarehouses: $add }) { shippingErrors { field message } } }"""
_STOCKS = """mutation($id: ID!, $stocks: [StockInput!]!) {
  productVariantStocksCreate(variantId: $id, stocks: $stocks) { bulkStockErrors { field message } } }"""
_RATES = """mutation($rates: [RateInput!]!) {
  ratesReplace(card: "Parcels", currency: "USD", rates: $rates) {
    card { active rates { warehouseId base { amount } } } errors { field message code } } }"""


def play(stage: Stage) -> Outcome:
    """Open it, stock two variants there, and enter the price of a parcel from each of the two."""
    zone = _named(stage, "shippingZones", _ZONE)
    stage.far = _named(stage, "warehouses", _ZONE)
    stage.variants = _choose(stage)
    stage.near = _open(stage, zone)
    for variant in stage.variants:
        stage.staff(_STOCKS, id=variant.id, stocks=[{"warehouse": stage.near, "quantity": STOCK}])
    _price(stage)
    stocked = stage.rows(f"SELECT quantity FROM warehouse_stock WHERE warehouse_id = '{key(stage.near)}'")
    check([row["quantity"] for row in stocked] == [STOCK, STOCK], f"the new warehouse has {stocked}")
    names = " and ".join(variant.name for variant in stage.variants)
    return Outcome(
        f"Chicago opened with {STOCK} each of {names}; a parcel from there costs {_NEAR_COST},"
        f" from {_ZONE} {_FAR_COST}",
        "Postgres: warehouse_stock\nfulfillment GraphQL: ratesReplace",
    )


def _named(stage: Stage, kind: str, name: str) -> str:
    """Return the id of the shipping zone or warehouse of this name."""
    edges = stage.staff("{ %s(first: 50) { edges { node { id name } } } }" % kind)[kind]["edges"]  # noqa: UP031
    return next(str(edge["node"]["id"]) for edge in edges if edge["node"]["name"] == name)


def _choose(stage: Stage) -> list[Variant]:
    """Two variants of different products that the far warehouse could ship as well."""
    products = stage.staff(_CATALOGUE % in_channel("first: 100"))["products"]["edges"]
    chosen: list[Variant] = []
    for product in (edge["node"] for edge in products):
        fit = [each for each in product["variants"] or () if _ships(product, each, stage.far)]
        if fit and len(chosen) < 2:
            chosen.append(
                Variant(fit[0]["id"], f"{product['name']} {fit[0]['name']}".strip(), fit[0]["sku"] or "")
            )
    check(len(chosen) == 2, "populatedb made no two variants that can be shipped")
    return chosen


def _ships(product: dict[str, Any], variant: dict[str, Any], warehouse: str) -> bool:
    free = sum(
        stock["quantity"] - stock["quantityAllocated"]
        for stock in variant["stocks"] or ()
        if stock["warehouse"]["id"] == warehouse
    )
    return bool(product["productType"]["isShippingRequired"] and variant["trackInventory"] and free >= 20)


def _open(stage: Stage, zone: str) -> str:
    data: dict[str, Any] = {"name": "Chicago", "slug": "chicago", "address": ADDRESS}
    if not has_saleor3():
        data["companyName"] = "Demo shop"
    warehouse = str(stage.staff(_CREATE, input=data)["createWarehouse"]["warehouse"]["id"])
    if has_saleor3():
        _add_to_channel(stage, warehouse)
    stage.staff(_SERVE, zone=zone, add=[warehouse])
    return warehouse


def _add_to_channel(stage: Stage, warehouse: str) -> None:
    channels = stage.staff("{ channels { id slug } }")["channels"]
    channel = next(each["id"] for each in channels if each["slug"] == CHANNEL)
    stage.staff(
        "mutation($id: ID!, $add: [ID!]) { channelUpdate(id: $id, input: { addWarehouses: $add }) {"
        " errors { field message } } }",
        id=channel,
        add=[warehouse],
    )


def _price(stage: Stage) -> None:
    rates = [
        {"warehouseId": stage.near, "base": _NEAR_COST, "transitDays": 1},
        {"warehouseId": stage.far, "base": _FAR_COST, "transitDays": 5},
    ]
    card = stage.plugin("fulfillment")(_RATES, rates=rates)["ratesReplace"]["card"]
    found = {rate["warehouseId"]: rate["base"]["amount"] for rate in card["rates"]}
    check(
        card["active"] and found == {stage.near: _NEAR_COST, stage.far: _FAR_COST}, f"the rates are {found}"
    )
