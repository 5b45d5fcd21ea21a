"""The page at /: what is in the store, for people."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from string import Template

from . import page_activity as activity
from .page_activity import empty as _empty
from .page_activity import tag as _tag
from .state import Doc, State
from .store import Store

_SHOWN = 30


def page(store: Store) -> str:
    """The whole page as HTML; everything from the store is escaped."""
    state = store.state
    with state.lock:
        places = {doc["id"]: doc["name"] for _, doc in state.page("Location", 0, 100)}
        products = [doc for _, doc in state.page("Product", 0, _SHOWN)]
        orders = [doc for _, doc in state.page("Order", 0, _SHOWN, newest=True)]
        values = {
            "domain": escape(store.shop.domain),
            "currency": escape(store.doc["currencyCode"]),
            "product_count": state.count("Product"),
            "variant_count": state.count("ProductVariant"),
            "order_count": state.count("Order"),
            "shipment_count": state.count("Fulfillment"),
            "products": "".join(_product(state, doc, places) for doc in products)
            or _empty("No products yet."),
            "orders": "".join(_order(state, doc) for doc in orders) or _empty("No orders yet."),
            "stock": activity.stock(store),
            "bulk": activity.bulk(store),
            "webhooks": activity.webhooks(store),
            "requests": activity.requests(store),
            "faults": activity.faults(store),
            "points": f"{store.bucket.status()['currentlyAvailable']:,}",
        }
    template = (files(__package__) / "page.html").read_text()
    return Template(template).substitute(values)


def _product(state: State, doc: Doc, places: dict[str, str]) -> str:
    variants = state.many(doc["variants"])
    items = {item["id"]: item for item in state.many([variant["item"] for variant in variants])}
    rows = "".join(_variant(variant, items[variant["item"]], places) for variant in variants[:8])
    more = (
        f'<tr><td colspan="3" class="more">and {len(variants) - 8} more</td></tr>'
        if len(variants) > 8
        else ""
    )
    return f"""<article class="card">{_picture(state, doc)}
<div class="body"><h3>{escape(doc["title"])} {_tag(doc["status"])}</h3>
<p class="meta">{escape(doc["productType"]) or "No type"} · /{escape(doc["handle"])}</p>
<table>{rows}{more}</table></div></article>"""


def _picture(state: State, doc: Doc) -> str:
    ready = [media for media in state.many(doc["media"]) if media["status"] == "READY"]
    if ready:
        name, alt = escape(ready[0]["filename"]), escape(ready[0]["alt"])
        return f'<img src="/cdn/shop/files/{name}" alt="{alt}" loading="lazy">'
    return f'<div class="blank" aria-hidden="true">{escape(doc["title"][:1])}</div>'


def _variant(variant: Doc, item: Doc, places: dict[str, str]) -> str:
    stock = "".join(
        f"<li>{escape(places.get(place, '?'))} <b>{level['available']}</b></li>"
        for place, level in item["levels"].items()
    )
    name = " / ".join(variant["options"])
    was = f"<s>{escape(variant['compareAtPrice'])}</s> " if variant["compareAtPrice"] else ""
    return f"""<tr><td>{escape(name)}<small>{escape(variant["sku"] or "no SKU")}</small></td>
<td class="num">{was}{escape(variant["price"])}</td><td><ul class="stock">{stock}</ul></td></tr>"""


def _order(state: State, doc: Doc) -> str:
    lines = "".join(_order_line(line) for line in doc["lineItems"])
    totals = doc["totals"]
    shipments = "".join(_shipment(item) for item in state.many(doc["fulfillments"]))
    address = doc["shippingAddress"] or {}
    place = f"{address.get('city') or ''} {address.get('countryCode') or ''}"
    included = " (included)" if doc["taxesIncluded"] else ""
    return f"""<article class="order"><header><h3>{escape(doc["name"])}</h3>
{_tag(doc["displayFinancialStatus"])}
<span class="where">{escape(place)}</span>
<b class="total">{escape(totals["total"])} {escape(doc["currencyCode"])}</b></header>
<table>{lines}<tr class="sum"><td>Shipping</td><td class="num">{escape(totals["shipping"])}</td></tr>
<tr class="sum"><td>Discounts</td><td class="num">{escape(totals["discounts"])}</td></tr>
<tr class="sum"><td>Taxes{included}</td><td class="num">{escape(totals["tax"])}</td></tr></table>
{shipments}</article>"""


def _order_line(line: Doc) -> str:
    sku = escape(line["sku"] or "")
    return f"""<tr><td>{line["quantity"]} × {escape(line["title"])} <small>{sku}</small></td>
<td class="num">{escape(line["price"])}</td></tr>"""


def _shipment(doc: Doc) -> str:
    tracking = ", ".join(item["number"] for item in doc["tracking"]) or "no tracking"
    units = sum(line["quantity"] for line in doc["lines"])
    return f'<p class="shipment">{escape(doc["name"])}: {units} shipped · {escape(tracking)}</p>'
