"""What Saleor 2.10 hides from apps: an unpublished product by id, and its attributes and prices anywhere.

Asking for these of a list fails as a whole when one product of it is unpublished, so they are asked for
apart, product by product in one request.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .client import SaleorClient, document
from .pages import LARGEST

Run = Callable[..., dict[str, Any]]


def hidden(run: Run, key: str) -> dict[str, Any] | None:
    """An unpublished product: lists and slugs lead to it. Its attributes and sale stay unknown."""
    after = None
    while True:
        connection = run("HiddenProducts", first=LARGEST, after=after)["products"]
        for edge in connection["edges"]:
            if edge["node"]["id"] == key:
                node = run("ProductBySlug", slug=edge["node"]["slug"])["product"]
                if node:
                    _put(node, None)
                return node
        if not connection["pageInfo"]["hasNextPage"]:
            return None
        after = connection["pageInfo"]["endCursor"]


def add_chosen(client: SaleorClient, nodes: list[dict[str, Any]]) -> None:
    """Put attributes and prices into products and their variants; without an answer they are `partial`."""
    found: dict[str, Any] = {}
    if nodes:
        keys = {f"p{number}": node["id"] for number, node in enumerate(nodes)}
        found = client.run(_text(len(nodes)), **keys)
    for number, node in enumerate(nodes):
        _put(node, found[f"p{number}"])


def _put(node: dict[str, Any], chosen: dict[str, Any] | None) -> None:
    node["partial"] = chosen is None
    node["attributes"] = chosen["attributes"] if chosen else []
    by_id = {item["id"]: item for item in (chosen or {}).get("variants") or ()}
    for variant in node["variants"] or ():
        base = variant["priceOverride"] or node["basePrice"]
        unknown = {
            "attributes": [],
            "pricing": {"price": {"net": base, "gross": base}, "priceUndiscounted": None},
        }
        variant.update(by_id.get(variant["id"], unknown))


def _text(count: int) -> str:
    """The document that asks for one product, asking for `count`."""
    head, sep, fragments = document("v2", "AttributesOf").partition("}\nfragment")
    one = "  p0: product(id: $p0) { ...BridgeChosen }\n"
    many = "".join(one.replace("p0", f"p{number}") for number in range(count))
    variables = ", ".join(f"$p{number}: ID!" for number in range(count))
    return head.replace(one, many).replace("$p0: ID!)", f"{variables})") + sep + fragments
