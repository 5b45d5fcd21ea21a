"""A sandbox that counts, with the doors the peers knock on: the REST API in front of the same store.

REST calls are translated into the store's own mutations, so that what they make is really there; each
costs one of the 40 calls that Shopify's REST bucket holds (2 a second on a Standard plan).
"""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

TOKEN = "shpat_benchmark"  # noqa: S105 - a local store's
Doc = dict[str, Any]


class Counted:
    """What was asked of a store: calls, points and polls of bulk operations."""

    def __init__(self, store: Any):
        self.calls: Counter[str] = Counter()
        self.points, self.spent = 0, Counter[str]()
        self._lock, self.uncounted = threading.Lock(), store.execute
        store.execute = self.execute

    def execute(self, body: Doc) -> Doc:
        """Answer, and count."""
        answer = self.uncounted(body)
        cost = (answer.get("extensions") or {}).get("cost") or {}
        with self._lock:
            self.calls[operation(body)] += 1
            self.points += int(cost.get("requestedQueryCost") or 0)
            self.spent[operation(body)] += int(cost.get("requestedQueryCost") or 0)
        return answer

    def reset(self) -> None:
        """Start counting anew."""
        with self._lock:
            self.calls.clear()
            self.spent.clear()
            self.points = 0


def operation(body: Doc) -> str:
    """The name of the operation, or its first field."""
    named = re.search(r"(?:query|mutation)\s+(\w+)", body["query"])
    return named[1] if named else str(re.findall(r"\w+", body["query"])[:1])


@contextmanager
def store(folder: Path) -> Iterator[tuple[Any, Counted]]:
    """A running sandbox with its counter; its bucket never runs dry: points are counted, not waited for."""
    from shopify_bridge.sandbox.cost import Bucket
    from shopify_bridge.sandbox.server import Sandbox
    from shopify_bridge.sandbox.store import Shop

    with Sandbox(folder, Shop(token=TOKEN), fetch_media=False, media_delay=0.1) as sandbox:
        sandbox.store.bucket = Bucket(1e9, 1e9)
        yield sandbox, Counted(sandbox.store)


class Rest(ThreadingHTTPServer):
    """The few REST resources that a product push needs, on the same store."""

    daemon_threads = True

    def __init__(self, counted: Counted):
        super().__init__(("127.0.0.1", 0), _RestHandler)
        self.counted, self.calls = counted, Counter[str]()

    def ask(self, query: str, **variables: Any) -> Doc:
        """Ask the store past its counter."""
        answer = self.counted.uncounted({"query": query, "variables": variables})
        assert not answer.get("errors"), answer["errors"]
        return answer["data"]

    @contextmanager
    def serving(self) -> Iterator[Rest]:
        """Serve until the block ends."""
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield self
        finally:
            self.shutdown()
            self.server_close()


_SET = """mutation Rest($input: ProductSetInput!) { productSet(input: $input, synchronous: true) {
  product { id variants(first: 100) { nodes { id sku inventoryItem { id } } } } userErrors { message } } }"""
_FIELD = """mutation Rest($metafields: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $metafields) {
  metafields { id } userErrors { message } } }"""
_LEVEL = """query Rest($item: ID!, $place: ID!) { inventoryItem(id: $item) {
  inventoryLevel(locationId: $place) { quantities(names: ["available"]) { quantity } } } }"""
_PLACE = """mutation Rest($item: ID!, $place: ID!, $units: Int) {
  inventoryActivate(inventoryItemId: $item, locationId: $place, available: $units)
  @idempotent(key: "KEY") { userErrors { message } } }"""
_UNITS = """mutation Rest($input: InventorySetQuantitiesInput!) { inventorySetQuantities(input: $input)
  @idempotent(key: "KEY") { userErrors { message } } }"""


class _RestHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Rest

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
        path = self.path.split("?")[0].split("/admin/api/2026-10/")[-1]
        self.server.calls[re.sub(r"\d+", "<id>", path)] += 1
        if path == "products.json":
            return self._answer({"product": _create(self.server, body["product"])})
        if found := re.fullmatch(r"products/(\d+)/metafields\.json", path):
            return self._answer({"metafield": _metafield(self.server, found[1], body["metafield"])})
        if path == "inventory_levels/set.json":
            return self._answer({"inventory_level": _level(self.server, body)})
        return self._answer({"errors": "Not Found"}, 404)

    def _answer(self, body: Doc, status: int = 201) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def _create(server: Rest, given: Doc) -> Doc:
    names = [option["name"] for option in given["options"]]
    variants = [
        {
            "optionValues": [{"optionName": n, "name": v[f"option{i}"]} for i, n in enumerate(names, 1)],
            "price": v["price"],
            "sku": v["sku"],
            "inventoryItem": {"tracked": True},
        }
        for v in given["variants"]
    ]
    options = [
        {
            "name": n,
            "values": [{"name": x} for x in dict.fromkeys(v[f"option{i}"] for v in given["variants"])],
        }
        for i, n in enumerate(names, 1)
    ]
    files = [{"originalSource": image["src"], "contentType": "IMAGE"} for image in given["images"]]
    wanted = {"title": given["title"], "descriptionHtml": given["body_html"], "status": "ACTIVE"}
    done = server.ask(_SET, input=wanted | {"productOptions": options, "variants": variants, "files": files})
    made = done["productSet"]["product"]
    rows = [
        {"id": _number(v["id"]), "sku": v["sku"], "inventory_item_id": _number(v["inventoryItem"]["id"])}
        for v in made["variants"]["nodes"]
    ]
    return {"id": _number(made["id"]), "title": given["title"], "variants": rows}


def _metafield(server: Rest, product: str, given: Doc) -> Doc:
    owner = f"gid://shopify/Product/{product}"
    row = {name: given[name] for name in ("namespace", "key", "value", "type")} | {"ownerId": owner}
    made = server.ask(_FIELD, metafields=[row])["metafieldsSet"]["metafields"][0]
    return given | {"id": _number(made["id"])}


def _level(server: Rest, given: Doc) -> Doc:
    item = f"gid://shopify/InventoryItem/{given['inventory_item_id']}"
    place, units = f"gid://shopify/Location/{given['location_id']}", int(given["available"])
    level = server.ask(_LEVEL, item=item, place=place)["inventoryItem"]["inventoryLevel"]
    key = f"{given['inventory_item_id']}-{given['location_id']}-{sum(server.calls.values())}"
    if level is None:
        server.ask(_PLACE.replace("KEY", key), item=item, place=place, units=units)
    else:
        row = {"inventoryItemId": item, "locationId": place, "quantity": units}
        row["changeFromQuantity"] = level["quantities"][0]["quantity"]
        asked = {"name": "available", "reason": "correction", "quantities": [row]}
        server.ask(_UNITS.replace("KEY", key), input=asked)
    return given


def _number(gid: str) -> int:
    return int(gid.rsplit("/", 1)[-1])
