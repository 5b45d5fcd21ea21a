"""A Saleor that answers the bridge's documents over HTTP, in the shape of either generation.

The shapes are those of the schemas, against which tests/unit/bridge/test_saleor_documents.py validates
the documents; a real Saleor is met by the acceptance tests.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .fake_answers import Answers, Doc

TOKEN = "app-token"


def gid(kind: str, number: int) -> str:
    return base64.b64encode(f"{kind}:{number}".encode()).decode()


class FakeSaleor(Answers, ThreadingHTTPServer):
    """Holds products, orders, warehouses and so on as small dicts; tests change them in place.

    `slow` makes a page of more products than that time out; `failures` is how many answers are a 502.
    """

    daemon_threads = True

    def __init__(self, version: str = "v2", currency: str = "USD", with_tax: bool = False):
        ThreadingHTTPServer.__init__(self, ("127.0.0.1", 0), _Handler)
        self.version = version
        self.url = f"http://127.0.0.1:{self.server_address[1]}/graphql/"
        self.warehouses = [(gid("Warehouse", 1), "East", "US"), (gid("Warehouse", 2), "Europe", "DE")]
        self.products: list[Doc] = []
        self.orders: list[Doc] = []
        self.collections: list[Doc] = []
        self.categories: list[Doc] = []
        self.channels = {"default": {"currency": currency, "with_tax": with_tax, "taxed": True}}
        self.tax_classes: dict[str, list[float]] = {}
        self.attributes: list[Doc] = []
        self.webhooks: list[Doc] = []
        self.permissions = ["MANAGE_PRODUCTS", "MANAGE_ORDERS", "MANAGE_SHIPPING"]
        self.tokens = {TOKEN}
        self.domain = "saleor.example"
        self.events = ["PRODUCT_UPDATED", "PRODUCT_VARIANT_DISCOUNTED_PRICE_UPDATED"]
        self.jwks: Doc = {"keys": []}
        self.refuse_stock = ""
        self.failures = 0
        self.asked: list[str] = []

    def __enter__(self) -> FakeSaleor:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    @property
    def currency(self) -> str:
        """That of the mirrored channel."""
        return self.channels["default"]["currency"]

    @currency.setter
    def currency(self, currency: str) -> None:
        self.channels["default"]["currency"] = currency

    @property
    def with_tax(self) -> bool:
        """Whether prices are entered with taxes in the mirrored channel."""
        return self.channels["default"]["with_tax"]

    @with_tax.setter
    def with_tax(self, with_tax: bool) -> None:
        self.channels["default"]["with_tax"] = with_tax

    # Content

    def product(self, number: int, title: str, variants: list[Doc] | None = None, **more: Any) -> Doc:
        """Add a product; its variants are {sku, price, size, stock: [units by warehouse]}, and may have was, cost,
        allocated: [units by warehouse], barcode, attributes, prices: {channel: price or (price, was)}.

        `more` may have description, images, type, seo, live (published in `default`), shown (in which other
        channels), collections and category (their docs), taxed (2.10's flag), tax_class (its name), updated,
        attributes: [(slug, input type, values)], translations: {"DE": {name, description, seoTitle, ...}}.
        """
        rows = variants or [{"sku": f"SKU-{number}", "price": "10.00", "stock": [5, 3]}]
        doc = {
            "id": gid("Product", number),
            "title": title,
            "slug": f"p-{number}",
            "variants": [],
            "live": True,
            "description": None,
            "images": [],
            "type": "Shirt",
            "seo": ("", ""),
            "updated": "2026-11-20T10:00:00+00:00",
            **more,
        }
        for index, row in enumerate(rows):
            key = gid("ProductVariant", number * 100 + index)
            stock = {"stock": list(row["stock"])}
            doc["variants"].append({"id": key, "was": None, "cost": None, "size": None} | row | stock)
        self.products.append(doc)
        return doc

    def collection(self, number: int, title: str, **more: Any) -> Doc:
        """Add a collection; `more` may have slug, description, seo, image (url, alt), live, shown, translations."""
        return self._group(self.collections, "Collection", number, title, more)

    def category(self, number: int, title: str, parent: Doc | None = None, **more: Any) -> Doc:
        """Add a category, in another one."""
        return self._group(self.categories, "Category", number, title, {"parent": parent, **more})

    def _group(self, rows: list[Doc], kind: str, number: int, title: str, more: Doc) -> Doc:
        doc = {"id": gid(kind, number), "title": title, "slug": f"{kind[:3].lower()}-{number}", **more}
        rows.append(doc)
        return doc

    def channel(self, slug: str, currency: str, *, with_tax: bool = False, taxed: bool = True) -> None:
        """Add a channel to sell in (3.x only)."""
        self.channels[slug] = {"currency": currency, "with_tax": with_tax, "taxed": taxed}

    def variant(self, key: str) -> Doc | None:
        """The variant with an id."""
        return next((v for p in self.products for v in p["variants"] if v["id"] == key), None)

    def order(self, number: int, lines: list[tuple[Doc, int, str, str]], **more: Any) -> Doc:
        """Add an order; lines are (variant, units, unit net, unit gross)."""
        doc = {
            "id": gid("Order", number),
            "number": str(number),
            "status": "UNFULFILLED",
            "discount": "0",
            "shipping": ("5.00", "5.00"),
            "lines": [],
            "shipments": [],
            "paid": None,
            "email": "buyer@example.com",
            "created": "2026-11-20T10:00:00+00:00",
            **more,
        }
        for index, (variant, units, net, gross) in enumerate(lines):
            doc["lines"].append(
                {
                    "id": gid("OrderLine", number * 100 + index),
                    "variant": variant,
                    "units": units,
                    "net": net,
                    "gross": gross,
                }
            )
        self.orders.append(doc)
        return doc

    def ship(self, order: Doc, units: dict[int, int], tracking: str = "") -> Doc:
        """Ship units of an order's lines, by position."""
        number = int(order["number"]) * 10 + len(order["shipments"])
        doc = {"id": gid("Fulfillment", number), "tracking": tracking, "units": units, "status": "FULFILLED"}
        order["shipments"].append(doc)
        order["status"] = "PARTIALLY_FULFILLED"
        return doc


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FakeSaleor

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.server.failures:
            self.server.failures -= 1
            self._send(502, {"x": 1})
            return
        name = re.match(r"\s*(?:query|mutation)\s+(\w+)", body["query"])[1]
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self.server.tokens and name not in ("BridgeDomain", "BridgeEventNames"):
            self._send(
                200,
                {"errors": [{"message": "No", "extensions": {"exception": {"code": "PermissionDenied"}}}]},
            )
            return
        self._send(200, {"data": self.server.answer(name, body["variables"])})

    def do_GET(self) -> None:
        """The keys that its webhooks are signed with."""
        self.server.asked.append(self.path)
        self._send(200 if self.path == "/.well-known/jwks.json" else 404, self.server.jwks)

    def _send(self, status: int, body: Doc) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Quiet."""
