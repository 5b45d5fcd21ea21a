"""What the fake Saleor answers about orders."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

Doc = dict[str, Any]


class OrderAnswers:
    """Answers by the name of the document, in the shape of either generation."""

    version: str
    orders: list[Doc]

    def _BridgeOrders(self, v: Doc) -> Doc:
        start, size = int(v.get("after") or 0), v["first"]
        rows = self.orders[start : start + size]
        more = len(self.orders) > start + size
        return {
            "orders": {
                "edges": [{"node": self._order(o)} for o in rows],
                "pageInfo": {"hasNextPage": more, "endCursor": str(start + size)},
            }
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

    def _order(self, o: Doc) -> Doc:
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
