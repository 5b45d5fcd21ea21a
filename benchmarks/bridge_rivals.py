"""How others push the same catalogue, with their own code: one function each, on the store of `bridge_store`.

- `rest`: ShopifyAPI's resources, as its documentation shows them.
- `odoo`: the pure library inside odoo-addon-shopify-connector (client, documents, payloads), called in the
  order in which the add-on's product and inventory exports call it; Odoo itself is not needed.
- `library`: lib-shopify-graphql's public functions; it makes products with one variant and no metafields.
"""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass
from importlib.metadata import distribution
from types import ModuleType
from typing import Any

import requests

from benchmarks.bridge_store import TOKEN, Counted, Rest

SIZES = ("S", "M", "L")


@dataclass
class Pushed:
    """What a push took, and what became of its stock.

    `calls` and `points` are without stock; `level_calls` is what a stock level takes. `refused`: Shopify's
    words when it took no stock at all.
    """

    products: int
    calls: int
    points: int
    level_calls: float
    levels: int
    refused: str = ""


@dataclass(frozen=True)
class Item:
    """One product of the catalogue that all of them push."""

    number: int

    @property
    def title(self) -> str:
        return f"Product {self.number}"

    @property
    def html(self) -> str:
        return f"<p>All about product {self.number}.</p>"

    @property
    def price(self) -> str:
        return f"{self.number % 90 + 10}.50"

    @property
    def picture(self) -> str:
        return f"https://example.com/{self.number}.jpg"

    def sku(self, size: str) -> str:
        return f"P{self.number}-{size}"


def places(counted: Counted) -> list[str]:
    """Two locations of the store."""
    query = "{ locations(first: 2) { nodes { id } } }"
    return [node["id"] for node in counted.uncounted({"query": query})["data"]["locations"]["nodes"]]


def rest(counted: Counted, items: list[Item]) -> Pushed:
    """One call a product, one a metafield, one a variant and location."""
    import shopify

    with Rest(counted).serving() as server:
        shopify.Session.setup(protocol="http")
        shopify.ShopifyResource.set_site(f"http://127.0.0.1:{server.server_address[1]}/admin/api/2026-10")
        locations = [int(gid.rsplit("/", 1)[-1]) for gid in places(counted)]
        for item in items:
            _rest_product(shopify, item, locations)
        stock = server.calls.pop("inventory_levels/set.json")
        return Pushed(len(items), sum(server.calls.values()), 0, 1, stock)


def _rest_product(shopify: Any, item: Item, locations: list[int]) -> None:
    product = shopify.Product(
        {
            "title": item.title,
            "body_html": item.html,
            "options": [{"name": "Size"}],
            "variants": [
                {
                    "option1": size,
                    "sku": item.sku(size),
                    "price": item.price,
                    "inventory_management": "shopify",
                }
                for size in SIZES
            ],
            "images": [{"src": item.picture}],
        }
    )
    assert product.save(), product.errors.full_messages()
    for key, value in (("material", "cotton"), ("origin", str(item.number))):
        fields = {"namespace": "shop", "key": key, "value": value, "type": "single_line_text_field"}
        product.add_metafield(shopify.Metafield(fields))
    for variant in product.variants:
        for at, location in enumerate(locations):
            shopify.InventoryLevel.set(location, variant.inventory_item_id, item.number % 50 + at)


class _ToSandbox(requests.adapters.HTTPAdapter):
    """Sends what is meant for a shop to the local store."""

    def __init__(self, url: str):
        super().__init__()
        self._url = url

    def send(self, request: Any, **options: Any) -> Any:
        request.url = self._url + request.path_url
        return super().send(request, **options)


def _odoo_part(name: str) -> ModuleType:
    """A module of the add-on by its file, as importing the package would import Odoo."""
    full = f"odoo_part_{name.replace('/', '_')}"
    path = distribution("odoo-addon-shopify-connector").locate_file(
        f"odoo/addons/shopify_connector/{name}.py"
    )
    spec = importlib.util.spec_from_file_location(full, str(path))
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[full] = module
    spec.loader.exec_module(module)
    return module


def odoo(counted: Counted, items: list[Item], url: str) -> Pushed:
    """Three calls a product, then one read and one write a variant and location."""
    library, documents = _odoo_part("lib/client"), _odoo_part("graphql/product")
    session = requests.Session()
    session.mount("https://", _ToSandbox(url))
    client = library.ShopifyClient("sandbox.myshopify.com", TOKEN, api_version="2026-10", session=session)
    counted.reset()
    made = [_odoo_product(client, documents, item) for item in items]
    calls, points = sum(counted.calls.values()), counted.points
    counted.reset()
    locations = places(counted)
    refused, _ = _odoo_stock(client, library, made, locations)
    # It ends at the first refusal: two calls for that level, as for each of the others.
    levels = len(items) * len(SIZES) * len(locations)
    return Pushed(len(items), calls, points, 2, levels, refused)


def _odoo_product(client: Any, documents: ModuleType, item: Item) -> dict[str, Any]:
    asked = {"ownerType": "PRODUCT", "namespace": "$app", "key": "odoo_product_id"}
    if not client.execute(documents.PRODUCT_CUSTOM_ID_DEFINITION_QUERY, {"identifier": asked})[
        "metafieldDefinition"
    ]:
        definition = asked | {"name": "Odoo Product ID", "type": "id"}
        client.execute(documents.PRODUCT_CUSTOM_ID_DEFINITION_CREATE, {"definition": definition})
    given = {
        "title": item.title,
        "descriptionHtml": item.html,
        "status": "ACTIVE",
        "productOptions": [{"name": "Size", "values": [{"name": size} for size in SIZES]}],
        "variants": [
            {
                "optionValues": [{"optionName": "Size", "name": size}],
                "sku": item.sku(size),
                "price": item.price,
                "inventoryItem": {"tracked": True},
            }
            for size in SIZES
        ],
        "files": [{"originalSource": item.picture, "alt": item.title, "contentType": "IMAGE"}],
        "metafields": [
            {"namespace": "$app", "key": "odoo_product_id", "type": "id", "value": f"db:1:{item.number}"}
        ],
    }
    identifier = {"customId": {"namespace": "$app", "key": "odoo_product_id", "value": f"db:1:{item.number}"}}
    done = client.execute(documents.PRODUCT_SET_MUTATION, {"identifier": identifier, "input": given})
    key = {"id": done["productSet"]["product"]["id"], "variantsAfter": None, "mediaAfter": None}
    client.execute(documents.PRODUCT_BY_ID_QUERY, key | {"collectionsAfter": None})
    return done["productSet"]["product"]


def _odoo_stock(
    client: Any, library: ModuleType, made: list[dict[str, Any]], locations: list[str]
) -> tuple[str, int]:
    """Ends at the first refusal: the others would be the same."""
    documents, payloads = _odoo_part("graphql/inventory"), _odoo_part("lib/inventory")
    levels = 0
    for product in made:
        for variant in product["variants"]["nodes"]:
            for place in locations:
                item = variant["inventoryItem"]["id"]
                asked = {"inventoryItemId": item, "locationId": place}
                seen = client.execute(documents.INVENTORY_LEVEL_QUERY, asked)["inventoryItem"]
                now = payloads.available_quantity(seen["inventoryLevel"]) or 0
                wanted = payloads.build_inventory_set_payload(item, place, now + 5, now)
                try:
                    client.execute(documents.INVENTORY_SET_QUANTITIES_MUTATION, {"input": wanted})
                except library.ShopifyError as error:
                    return str(error), levels
                levels += 1
    return "", levels


def library(counted: Counted, items: list[Item], url: str) -> Pushed:
    """Product, picture and its one variant apart; then one read and one write a level."""
    import lib_shopify_graphql as peer

    session = _library_session(peer, url)
    counted.reset()
    made = []
    for item in items:
        product = peer.create_product(
            session,
            peer.ProductCreate(
                title=item.title, description_html=item.html, status=peer.ProductStatus.ACTIVE
            ),
        )
        peer.create_images(session, product.id, [peer.ImageSource(url=item.picture, alt_text=item.title)])
        update = peer.VariantUpdate(price=item.price)
        wanted = peer.VariantUpdateRequest(variant_id=product.variants[0].id, update=update)
        peer.update_variants_bulk(session, product.id, [wanted])
        made.append(product.variants[0].id)
    calls, points = sum(counted.calls.values()), counted.points
    counted.reset()
    locations = places(counted)
    refused = ""
    for variant in made:
        for place in locations:
            try:
                peer.set_inventory(session, variant, 5, location_id=place)
            except peer.GraphQLError as error:
                refused = str(error)
                break
        if refused:
            break
    return Pushed(len(items), calls, points, 2, len(items) * len(locations), refused)


def _library_session(peer: Any, url: str) -> Any:
    from lib_shopify_graphql.adapters.shopify_sdk import ShopifyGraphQLClient

    class Local(ShopifyGraphQLClient):
        def configure(self, shop_url: str, api_version: str, access_token: str) -> None:
            super().configure(shop_url, api_version, access_token)
            self._endpoint = f"{url}/admin/api/{api_version}/graphql.json"

    given = peer.ShopifyCredentials(
        shop_url="sandbox.myshopify.com", access_token=TOKEN, api_version="2026-10"
    )
    return peer.login(given, graphql_client=Local())
