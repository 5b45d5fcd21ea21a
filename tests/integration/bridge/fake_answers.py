"""What the fake Saleor answers to each of the bridge's documents."""

from __future__ import annotations

from typing import Any

from .fake_orders import OrderAnswers
from .fake_webhooks import WebhookAnswers

Doc = dict[str, Any]


class Answers(OrderAnswers, WebhookAnswers):
    """Answers by the name of the document, in the shape of either generation."""

    version: str
    channels: dict[str, Doc]
    warehouses: list[tuple[str, str, str]]
    products: list[Doc]
    collections: list[Doc]
    categories: list[Doc]
    tax_classes: dict[str, list[float]]
    attributes: list[Doc]
    asked: list[str]
    refuse_stock: str

    def answer(self, name: str, variables: Doc) -> Doc:
        """The data for a document."""
        self.asked.append(name)
        return getattr(self, f"_{name}")(variables)

    def _BridgeWhich(self, _: Doc) -> Doc:
        fields = ["products", "orders", "shop"] + (["channels"] if self.version == "v3" else [])
        return {"__schema": {"queryType": {"fields": [{"name": n} for n in fields]}}}

    def _BridgeShop(self, _: Doc) -> Doc:
        nodes = [{"id": i, "name": n, "address": {"country": {"code": c}}} for i, n, c in self.warehouses]
        shop: Doc = {"name": "Fake", "domain": {"host": "x"}}
        data: Doc = {"shop": shop, "warehouses": connection(nodes)}
        if self.version == "v2":
            ours = self.channels["default"]
            shop |= {"defaultCurrency": ours["currency"], "includeTaxesInPrices": ours["with_tax"]}
            return data
        return data | {
            "channels": [
                {
                    "slug": slug,
                    "isActive": True,
                    "currencyCode": c["currency"],
                    "taxConfiguration": {"pricesEnteredWithTax": c["with_tax"], "chargeTaxes": c["taxed"]},
                    "warehouses": [{"id": i} for i, _, _ in self.warehouses],
                }
                for slug, c in self.channels.items()
            ]
        }

    def _BridgeProducts(self, v: Doc) -> Doc:
        bare = self._bare if self.version == "v2" else self._product
        return {"products": page(self.products, v, bare) | {"totalCount": len(self.products)}}

    def _BridgeProduct(self, v: Doc) -> Doc:
        # 2.10 shows apps only published products by id.
        found = [p for p in self.products if p["id"] == v["id"] and (self.version == "v3" or p["live"])]
        return {"product": self._product(found[0]) if found else None}

    def _BridgeAttributesOf(self, v: Doc) -> Doc:
        found = {name: self._BridgeProduct({"id": key})["product"] for name, key in v.items()}
        asked = ("id", "attributes", "pricing")
        for node in filter(None, found.values()):
            node["variants"] = [{key: row[key] for key in asked} for row in node["variants"]]
        return found

    def _BridgeHiddenProducts(self, v: Doc) -> Doc:
        rows = [p for p in self.products if not p["live"]]
        return {"products": page(rows, v, lambda p: {"id": p["id"], "slug": p["slug"]})}

    def _BridgeProductBySlug(self, v: Doc) -> Doc:
        found = [p for p in self.products if p["slug"] == v["slug"]]
        return {"product": self._bare(found[0]) if found else None}

    def _BridgeGone(self, v: Doc) -> Doc:
        found = next((p for p in self.products if p["id"] == v["id"]), None)
        return {"product": found and {"id": found["id"]}}

    def _BridgeChangedProducts(self, v: Doc) -> Doc:
        rows = sorted(self.products, key=lambda p: p["updated"], reverse=True)
        return {"products": page(rows, v, lambda p: {"id": p["id"], "updatedAt": p["updated"]})}

    def _BridgeChannelPrices(self, v: Doc) -> Doc:
        channel, nodes = v["other"], []
        for product in self.products:
            if product["id"] in v["ids"]:
                priced = [self._elsewhere(row, channel) for row in product["variants"]]
                nodes.append({"id": product["id"], "variants": priced})
        return {"products": connection(nodes)}

    def _elsewhere(self, row: Doc, channel: str) -> Doc:
        given = row.get("prices", {}).get(channel)
        if given is None:
            return {"id": row["id"], "pricing": None}
        price, was = given if isinstance(given, tuple) else (given, given)
        currency = self.channels[channel]["currency"]
        return {"id": row["id"], "pricing": pricing(price, was, currency)}

    def _BridgeTaxClasses(self, v: Doc) -> Doc:
        nodes = [
            {"id": name, "countries": [{"rate": rate} for rate in rates]}
            for name, rates in self.tax_classes.items()
        ]
        return {"taxClasses": connection(nodes)}

    def _BridgeCollections(self, v: Doc) -> Doc:
        return {"collections": page(self.collections, v, lambda c: self._group_node(c) | self._shown(c))}

    def _BridgeCategories(self, v: Doc) -> Doc:
        return {"categories": page(self.categories, v, self._group_node)}

    def _BridgeCategoryTree(self, v: Doc) -> Doc:
        def node(c: Doc) -> Doc:
            return {"id": c["id"], "parent": c["parent"] and {"id": c["parent"]["id"]}}

        return {"categories": page(self.categories, v, node)}

    def _BridgeAttributes(self, v: Doc) -> Doc:
        """Those that were added, and those that products have."""
        rows = [row for p in self.products for row in (p, *p["variants"])]
        given = {a[0]: selected(*a)["attribute"] for row in rows for a in row.get("attributes", ())}
        given |= {a["slug"]: {"visibleInStorefront": True} | a for a in self.attributes}
        nodes = [node for _, node in sorted(given.items()) if node["visibleInStorefront"]]
        return {"attributes": page(nodes, v, lambda a: a)}

    def _BridgeStock(self, v: Doc) -> Doc:
        nodes = [
            {"id": row["id"], "stocks": self._stocks(row)}
            for product in self.products
            for row in product["variants"]
            if row["id"] in v["ids"] and (self.version == "v3" or product["live"])
        ]
        return {"productVariants": connection(nodes)}

    def _BridgeSetStock(self, v: Doc) -> Doc:
        row = next(row for p in self.products for row in p["variants"] if row["id"] == v["variant"])
        errors = []
        for given in v["stocks"]:
            if self.refuse_stock:
                errors.append({"field": "quantity", "message": self.refuse_stock, "code": "INVALID"})
                continue
            index = [place[0] for place in self.warehouses].index(given["warehouse"])
            row["stock"] += [0] * (index + 1 - len(row["stock"]))
            row["stock"][index] = given["quantity"]
        return {"productVariantStocksUpdate": {"bulkStockErrors": errors}}

    def _shown(self, doc: Doc) -> Doc:
        """Where it is published: `live` says it of the channel `default`, `shown` names others."""
        live, more = doc.get("live", True), doc.get("shown", ())
        if self.version == "v2":
            return {"isPublished": live, "publicationDate": doc.get("from")}
        return {
            "channelListings": [
                {"channel": {"slug": slug}, "isPublished": shown, "publishedAt": doc.get("from")}
                for slug, shown in [("default", live), *((slug, True) for slug in more)]
            ]
        }

    def _group_node(self, doc: Doc) -> Doc:
        image = doc.get("image")
        return {
            "id": doc["id"],
            "name": doc["title"],
            "slug": doc["slug"],
            "descriptionJson": doc.get("description"),
            "seoTitle": doc.get("seo", ("", ""))[0],
            "seoDescription": doc.get("seo", ("", ""))[1],
            "backgroundImage": {"url": image[0], "alt": image[1]} if image else None,
        } | translated(doc)

    def _product(self, p: Doc) -> Doc:
        category = p.get("category")
        node: Doc = {
            "id": p["id"],
            "name": p["title"],
            "slug": p["slug"],
            "updatedAt": p["updated"],
            "seoTitle": p["seo"][0],
            "seoDescription": p["seo"][1],
            "descriptionJson": p["description"],
            "weight": None,
            "category": category and {"id": category["id"]},
            "collections": [{"id": c["id"]} | self._shown(c) for c in p.get("collections", ())],
            "productType": {
                "name": p["type"],
                "isShippingRequired": True,
                "weight": {"value": 1.5, "unit": "KG"},
            },
            "images": [
                {"id": i, "url": u, "alt": a, "sortOrder": n} for n, (i, u, a) in enumerate(p["images"])
            ],
            "attributes": [selected(*given) for given in p.get("attributes", ())],
            "variants": [self._variant(v) for v in p["variants"]],
        }
        node |= self._shown(p) | translated(p)
        if self.version == "v2":
            return node | {"chargeTaxes": p.get("taxed", True), "metadata": []}
        for image in node["images"]:
            image["type"] = "IMAGE"
        node["productType"]["taxClass"] = None
        named = p.get("tax_class")
        return node | {"taxClass": named and {"id": named}, "barcode": None}

    def _bare(self, p: Doc) -> Doc:
        """Without attributes and prices, which 2.10 does not show an app of unpublished products."""
        node = self._product(p) | {"basePrice": {"amount": 1.0, "currency": self.currency}}
        del node["attributes"]
        for variant, row in zip(node["variants"], p["variants"], strict=True):
            del variant["attributes"], variant["pricing"]
            variant["priceOverride"] = {"amount": float(row["price"]), "currency": self.currency}
        return node

    def _stocks(self, v: Doc) -> list[Doc]:
        allocated = [*v.get("allocated", ()), *[0] * len(self.warehouses)]
        return [
            {"warehouse": {"id": place[0]}, "quantity": units, "quantityAllocated": claimed}
            | ({"quantityReserved": 0} if self.version == "v3" else {})
            for place, units, claimed in zip(self.warehouses, v["stock"], allocated, strict=False)
        ]

    def _variant(self, v: Doc) -> Doc:
        sizes = [selected("size", "DROPDOWN", [v["size"]], "Size")] if v["size"] else []
        sizes += [selected(name.lower(), "DROPDOWN", [value], name) for name, value in v.get("choices", ())]
        described = [selected(*given) for given in v.get("attributes", ())]
        node: Doc = {
            "id": v["id"],
            "name": v["size"] or "",
            "sku": v["sku"],
            "trackInventory": v.get("tracked", True),
            "weight": None,
            "attributes": sizes,
            "pricing": pricing(v["price"], v["was"] or v["price"], self.currency),
            "stocks": self._stocks(v),
        }
        currency = self.currency
        cost = {"amount": float(v["cost"]), "currency": currency} if v["cost"] else None
        if self.version == "v2":
            metadata = [{"key": "barcode", "value": v["barcode"]}] if v.get("barcode") else []
            return node | {"attributes": sizes + described, "costPrice": cost, "metadata": metadata}
        return node | {
            "described": described,
            "barcode": v.get("barcode"),
            "updatedAt": v.get("updated", "2026-11-20T10:00:00+00:00"),
            "channelListings": [{"channel": {"slug": "default"}, "costPrice": cost}],
        }


def connection(nodes: list[Doc], end: int = 0, more: bool = False) -> Doc:
    return {
        "edges": [{"node": node} for node in nodes],
        "pageInfo": {"hasNextPage": more, "endCursor": str(end)},
    }


def page(rows: list[Doc], v: Doc, node: Any) -> Doc:
    """The rows after a cursor, as nodes."""
    start, size = int(v.get("after") or 0), v["first"]
    assert size <= 100, "Saleor gives no page of more"
    shown = [node(row) for row in rows[start : start + size]]
    return connection(shown, start + size, len(rows) > start + size)


def pricing(price: Any, was: Any, currency: str) -> Doc:
    def taxed(amount: Any) -> Doc:
        money = {"amount": float(amount), "currency": currency}
        return {"net": money, "gross": money}

    return {"price": taxed(price), "priceUndiscounted": taxed(was), "pricePrior": None}


def selected(slug: str, input_type: str, values: list[Any], name: str = "", shown: bool = True) -> Doc:
    """An attribute with its values, each as the kind of input has it."""
    places = {
        "BOOLEAN": "boolean",
        "DATE": "date",
        "DATE_TIME": "dateTime",
        "RICH_TEXT": "richText",
        "PLAIN_TEXT": "plainText",
    }
    nodes = []
    for value in values:
        node: Doc = {"name": str(value), "richText": None, "plainText": None, "boolean": None}
        node |= {"date": None, "dateTime": None, "file": None}
        if input_type in places:
            node[places[input_type]] = value
        if input_type == "FILE":
            node["file"] = {"url": value}
        nodes.append(node)
    return {
        "attribute": {
            "slug": slug,
            "name": name or slug.title(),
            "inputType": input_type,
            "visibleInStorefront": shown,
        },
        "values": nodes,
    }


def translated(doc: Doc) -> Doc:
    """The translations under the names by which the bridge asks for them."""
    none = {"name": None, "descriptionJson": None, "seoTitle": None, "seoDescription": None}
    return {f"t_{code}": none | texts for code, texts in doc.get("translations", {}).items()}
