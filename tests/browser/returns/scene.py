"""A small outfitter with an order: something to return, something to exchange, something that stays."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageDraw

from saleor_plugins.kernel.ids import from_global
from saleor_plugins.platform.port import ShipItem
from saleor_plugins.returns.config import PLUGIN_ID
from saleor_plugins.returns.usecases.activate_rulebook import activate_rulebook
from saleor_plugins.returns.usecases.approve_return import approve_return
from saleor_plugins.returns.usecases.decline_return import decline_return
from saleor_plugins.returns.usecases.inspect_return import Judgement, inspect_return
from saleor_plugins.returns.usecases.message_return import message_return
from saleor_plugins.returns.usecases.receive_parcel import receive_parcel
from saleor_plugins.returns.usecases.refund_return import refund_return
from saleor_plugins.returns.usecases.request_return import Item, request_return
from saleor_plugins.returns.usecases.save_rulebook import save_rulebook
from saleor_plugins.returns.views.portal import links
from tests.integration.returns.doors import work
from tests.integration.returns.rooms import STAFF
from tests.shopdata import world

# For looking at the pages: where to keep pictures of them.
KEEP = os.environ.get("KEEP_SCREENSHOTS", "")
PORTAL = "/plugins/saleor_plugins.returns/portal/"
RULES = {
    "reasons": [{"photos": {"DAMAGED": 1}, "note": ["DAMAGED"]}],
    "methods": [{"offer": ["DROP_OFF", "OWN"]}],
    "fees": [{"percent": "10"}],
}
NAMES = {
    "jacket": "Alpine Rain Jacket (forest green / M)",
    "socks": "Merino Hiking Socks (38-40)",
    "mug": "Enamel Mug <b>“Aurora”</b>",
    "knife": "Pocket Knife No. 8, engraved",
}


@dataclass
class Scene:
    """The shop's address, its data and its order."""

    address: str
    data: Any
    order: Any
    house: Any

    @property
    def door(self) -> str:
        """A link from a mail."""
        return self.address + "/" + links.portal_url(self.order.id).split("/", 3)[3]

    def states(self) -> list[tuple[str, str]]:
        """A return of a pair of socks in every state that shoppers meet, and its path."""
        line = next(line for line in self.order.lines if line.quantity == 3)
        found = []
        for state in ("declined", "requested", "approved", "refunded"):
            item = Item(1, line.id, reason_code="TOO_SMALL", reason="A size too small.")
            rma = request_return(STAFF, self.order.id, [item], method="OWN")
            self._bring(rma, state)
            found.append((state, f"return/{rma.pk}/"))
            if state == "approved":
                found += [("done", f"return/{rma.pk}/done/"), ("cancel", f"return/{rma.pk}/cancel/")]
        return found

    def _bring(self, rma: Any, state: str) -> None:
        if state == "declined":
            decline_return(STAFF, rma.pk, "The socks were worn.")
        if state in ("approved", "refunded"):
            approve_return(STAFF, rma.pk)
            message_return(STAFF, rma.pk, "Please put the slip on top.")
        if state == "refunded":
            key = rma.lines.get().pk
            receive_parcel(STAFF, rma.pk, self.house.id, [(key, 1)])
            inspect_return(STAFF, rma.pk, [Judgement(key, 1, "RESTOCK")])
            refund_return(STAFF, rma.pk)
            work()


def make_scene(live_server: Any) -> Scene:
    """Everything that a shopper may meet."""
    data = world()
    data.configure_plugin(
        PLUGIN_ID,
        active=True,
        portal_name="Northwind Outfitters",
        portal_support="help@northwind.example",
        portal_terms="https://northwind.example/terms",
        portal_imprint="https://northwind.example/imprint",
    )
    house = data.make_warehouse(country="US", countries=["US"])
    jacket = data.make_variant(price=18900, stock={house: 1})
    data.make_variant(sku="Forest green / L", price=19900, stock={house: 4}, sibling_of=jacket)
    data.make_variant(sku="Slate / M", price=18900, stock={house: 2}, sibling_of=jacket)
    socks = data.make_variant(price=1450, stock={house: 5})
    mug = data.make_variant(price=1200, stock={house: 2})
    knife = data.make_variant(price=3900, stock={house: 5})
    goods = [(jacket, 1), (socks, 3), (mug, 1), (knife, 1)]
    order = data.make_order(goods, shipping=490, email="ada@example.com")
    of = {line.variant_id: line for line in order.lines}
    rows = data.model("order.OrderLine").objects
    for (variant, _), name in zip(goods, NAMES.values(), strict=True):
        rows.filter(pk=from_global(of[variant.id].id, "OrderLine")).update(product_name=name, variant_name="")
    shipped = [ShipItem(of[variant.id].id, house.id, units) for variant, units in goods if variant is not mug]
    data.shop.fulfill(order.id, shipped, tracking_number="TRACK-1")
    final = {
        "when": {"products": [of[knife.id].product_id or knife.product_id]},
        "final": True,
        "faulty_too": True,
    }
    book = save_rulebook(STAFF, {**RULES, "final_sale": [final]})
    activate_rulebook(STAFF, book.pk)
    return Scene(live_server.url, data, data.shop.order(order.id), house)


def picture() -> dict[str, Any]:
    """A photo as a browser sends it."""
    image = Image.new("RGB", (900, 700), "#c7d2c3")
    pen = ImageDraw.Draw(image)
    pen.rectangle((250, 120, 650, 620), fill="#35523c")
    pen.line((300, 150, 600, 560), fill="#e8e2d0", width=14)
    stream = io.BytesIO()
    image.save(stream, "JPEG")
    return {"name": "torn.jpg", "mimeType": "image/jpeg", "buffer": stream.getvalue()}
