"""A Saleor that answers the bridge's documents over HTTP, in the shape of either generation.

The shapes are those of the schemas, against which tests/unit/bridge/test_saleor_documents.py validates
the documents; a real Saleor is met by the acceptance tests.
"""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Doc = dict[str, Any]
TOKEN = "app-token"


def gid(kind: str, number: int) -> str:
    import base64

    return base64.b64encode(f"{kind}:{number}".encode()).decode()


class FakeSaleor(ThreadingHTTPServer):
    """Holds products, orders and warehouses as small dicts; tests change them in place."""

    daemon_threads = True

    def __init__(self, version: str = "v2", currency: str = "USD", with_tax: bool = False):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.version, self.currency, self.with_tax = version, currency, with_tax
        self.url = f"http://127.0.0.1:{self.server_address[1]}/graphql/"
        self.warehouses = [(gid("Warehouse", 1), "East", "US"), (gid("Warehouse", 2), "Europe", "DE")]
        self.products: list[Doc] = []
        self.orders: list[Doc] = []
        self.failures = 0
        self.asked: list[str] = []

    def __enter__(self) -> FakeSaleor:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    # Content

    def product(self, number: int, title: str, variants: list[Doc] | None = None, **more: Any) -> Doc:
        """Add a product; its variants are {sku, price, sizes, stock: [per warehouse]}."""
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
            **more,
        }
        for index, row in enumerate(rows):
            doc["variants"].append(
                {"id": gid("ProductVariant", number * 100 + index), "was": None, "cost": None, "size": None}
                | row
            )
        self.products.append(doc)
        return doc

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

    # Answers

    def answer(self, name: str, variables: Doc) -> Doc:
        """The data for a document."""
        self.asked.append(name)
        return getattr(self, f"_{name}")(variables)

    def _BridgeWhich(self, _: Doc) -> Doc:
        fields = ["products", "orders", "shop"] + (["channels"] if self.version == "v3" else [])
        return {
            "__schema": {"queryType": {"fields": [{"name": n} for n in fields]}},
            "shop": {"name": "Fake", "domain": {"host": "x"}},
        }

    def _BridgeShop(self, _: Doc) -> Doc:
        nodes = [{"id": i, "name": n, "address": {"country": {"code": c}}} for i, n, c in self.warehouses]
        shop: Doc = {"name": "Fake", "domain": {"host": "x"}}
        data: Doc = {"shop": shop, "warehouses": _connection(nodes)}
        if self.version == "v2":
            shop |= {"defaultCurrency": self.currency, "includeTaxesInPrices": self.with_tax}
        else:
            data["channels"] = [
                {
                    "slug": "default",
                    "isActive": True,
                    "currencyCode": self.currency,
                    "taxConfiguration": {"pricesEnteredWithTax": self.with_tax},
                    "warehouses": [{"id": i} for i, _, _ in self.warehouses],
                }
            ]
        return data

    def _BridgeProducts(self, v: Doc) -> Doc:
        start, size = int(v.get("after") or 0), v["first"]
        rows = self.products[start : start + size]
        more = len(self.products) > start + size
        return {
            "products": _connection([self._product(p) for p in rows], start + size, more)
            | {"totalCount": len(self.products)}
        }

    def _BridgeGone(self, v: Doc) -> Doc:
        found = next((p for p in self.products if p["id"] == v["id"]), None)
        return {"product": found and {"id": found["id"]}}

    def _BridgeOrders(self, v: Doc) -> Doc:
        start, size = int(v.get("after") or 0), v["first"]
        rows = self.orders[start : start + size]
        return {
            "orders": _connection(
                [self._order(o) for o in rows], start + size, len(self.orders) > start + size
            )
        }

    def _BridgeOrder(self, v: Doc) -> Doc:
        return {"order": next((self._order(o) for o in self.orders if o["id"] == v["id"]), None)}

    def _BridgePerson(self, v: Doc) -> Doc:
        order = next(o for o in self.orders if o["id"] == v["id"])
        address = {
            "firstName": "Ada",
            "lastName": "Buyer",
            "companyName": "",
            "streetAddress1": "1 Main St",
            "streetAddress2": "",
            "city": "Boston",
            "postalCode": "02101",
            "countryArea": "MA",
            "country": {"code": "US"},
            "phone": "",
        }
        return {
            "order": {
                "userEmail": order["email"],
                "customerNote": "",
                "shippingAddress": address,
                "billingAddress": None,
            }
        }

    def _money(self, amount: Any) -> Doc:
        return {"amount": float(amount), "currency": self.currency}

    def _taxed(self, net: Any, gross: Any) -> Doc:
        return {"net": self._money(net), "gross": self._money(gross)}

    def _product(self, p: Doc) -> Doc:
        node: Doc = {
            "id": p["id"],
            "name": p["title"],
            "slug": p["slug"],
            "seoTitle": p["seo"][0],
            "seoDescription": p["seo"][1],
            "descriptionJson": p["description"],
            "weight": None,
            "productType": {
                "name": p["type"],
                "isShippingRequired": True,
                "weight": {"value": 1.5, "unit": "KG"},
            },
            "images": [
                {"id": i, "url": u, "alt": a, "sortOrder": n} for n, (i, u, a) in enumerate(p["images"])
            ],
            "variants": [self._variant(v) for v in p["variants"]],
        }
        if self.version == "v2":
            return node | {"isPublished": p["live"]}
        for image in node["images"]:
            image["type"] = "IMAGE"
        return node | {
            "channelListings": [
                {"channel": {"slug": "default"}, "isPublished": p["live"], "publishedAt": None}
            ]
        }

    def _variant(self, v: Doc) -> Doc:
        stocks = [
            {"warehouse": {"id": place[0]}, "quantity": units, "quantityAllocated": 0}
            | ({"quantityReserved": 0} if self.version == "v3" else {})
            for place, units in zip(self.warehouses, v["stock"], strict=False)
        ]
        attributes = [{"attribute": {"name": "Size"}, "values": [{"name": v["size"]}]}] if v["size"] else []
        node: Doc = {
            "id": v["id"],
            "name": v["size"] or "",
            "sku": v["sku"],
            "trackInventory": True,
            "weight": None,
            "attributes": attributes,
            "pricing": {
                "price": self._taxed(v["price"], v["price"]),
                "priceUndiscounted": self._taxed(v["was"] or v["price"], v["was"] or v["price"]),
            },
            "stocks": stocks,
        }
        cost = self._money(v["cost"]) if v["cost"] else None
        if self.version == "v2":
            return node | {"costPrice": cost}
        return node | {
            "channelListings": [
                {"channel": {"slug": "default"}, "price": self._money(v["price"]), "costPrice": cost}
            ]
        }

    def _order(self, o: Doc) -> Doc:
        from decimal import Decimal

        net = (
            sum(Decimal(line["net"]) * line["units"] for line in o["lines"])
            + Decimal(o["shipping"][0])
            - Decimal(o["discount"])
        )
        gross = (
            sum(Decimal(line["gross"]) * line["units"] for line in o["lines"])
            + Decimal(o["shipping"][1])
            - Decimal(o["discount"])
        )
        gross += Decimal(o.get("off_by", 0))
        node: Doc = {
            "id": o["id"],
            "number": o["number"],
            "status": o["status"],
            "created": o["created"],
            "shippingMethodName": "Post",
            "total": self._taxed(net, gross),
            "shippingPrice": self._taxed(*o["shipping"]),
            "lines": [self._line(line) for line in o["lines"]],
            "fulfillments": [
                {
                    "id": s["id"],
                    "status": s["status"],
                    "trackingNumber": s["tracking"],
                    "warehouse": None,
                    "lines": [
                        {"quantity": n, "orderLine": {"id": o["lines"][i]["id"]}}
                        for i, n in s["units"].items()
                    ],
                }
                for s in o["shipments"]
            ],
        }
        paid = self._money(gross if o["paid"] is None else o["paid"])
        if self.version == "v2":
            off = self._money(o["discount"]) if Decimal(o["discount"]) else None
            return node | {"discount": off, "discountName": "SAVE" if off else "", "totalCaptured": paid}
        return node | {"discounts": [], "voucherCode": None, "totalCharged": paid}

    def _line(self, line: Doc) -> Doc:
        from decimal import Decimal

        v = line["variant"]
        node: Doc = {
            "id": line["id"],
            "productName": "A product",
            "variantName": v["size"] or "",
            "productSku": v["sku"],
            "quantity": line["units"],
            "isShippingRequired": True,
            "variant": {"id": v["id"]},
        }
        if self.version == "v2":
            return node | {"unitPrice": self._taxed(line["net"], line["gross"])}
        return node | {
            "totalPrice": self._taxed(
                Decimal(line["net"]) * line["units"], Decimal(line["gross"]) * line["units"]
            )
        }


def _connection(nodes: list[Doc], end: int = 0, more: bool = False) -> Doc:
    return {
        "edges": [{"node": node} for node in nodes],
        "pageInfo": {"hasNextPage": more, "endCursor": str(end)},
    }


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FakeSaleor

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.server.failures:
            self.server.failures -= 1
            self._send(502, {"x": 1})
            return
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self._send(
                200,
                {"errors": [{"message": "No", "extensions": {"exception": {"code": "PermissionDenied"}}}]},
            )
            return
        name = re.match(r"\s*(?:query|mutation)\s+(\w+)", body["query"])[1]
        self._send(200, {"data": self.server.answer(name, body["variables"])})

    def _send(self, status: int, body: Doc) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Quiet."""
