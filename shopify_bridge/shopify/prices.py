"""Fixed prices of price lists: read by bulk operation or in pages, written 250 a call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from saleor_plugins.kernel.money import exponent, to_minor

from ..domain.market import Pair, PriceChange
from .bulk import run_query
from .client import Client
from .documents import document
from .inputs import money

PAGE = 250
# A filter of more is a longer text than a search may be.
_ASKED = 50
Row = tuple[str, str, Pair]


def in_bulk(client: Client, lists: Mapping[str, str]) -> Iterator[Row]:
    """List, variant and price of every fixed price; `lists` tells the currency of those that count.

    Raises as `bulk.run_query`.
    """
    for line in run_query(client, document("BridgeAllPrices").text):
        parent = str(line.get("__parentId") or "")
        if parent in lists:
            yield parent, str(line["variant"]["id"]), _pair(line, lists[parent])


def in_pages(client: Client, price_list: str, currency: str, query: str | None = None) -> Iterator[Row]:
    """The fixed prices of one list, or those a search finds."""
    after = None
    while True:
        found = client.run("BridgePrices", id=price_list, first=PAGE, after=after, query=query)["priceList"]
        if not found:
            return
        for node in found["prices"]["nodes"]:
            yield price_list, node["variant"]["id"], _pair(node, currency)
        after = found["prices"]["pageInfo"]["endCursor"]
        if not found["prices"]["pageInfo"]["hasNextPage"]:
            return


def of_product(client: Client, price_list: str, currency: str, product: str) -> Iterator[Row]:
    """The fixed prices of one product's variants."""
    yield from in_pages(client, price_list, currency, f"product_id:{_number(product)}")


def of_variants(client: Client, price_list: str, currency: str, variants: Sequence[str]) -> dict[str, Pair]:
    """The fixed prices of some variants, by gid; those without one are missing."""
    found: dict[str, Pair] = {}
    for start in range(0, len(variants), _ASKED):
        query = " OR ".join(f"variant_id:{_number(gid)}" for gid in variants[start : start + _ASKED])
        found |= {gid: pair for _, gid, pair in in_pages(client, price_list, currency, query)}
    return found


def variables(price_list: str, currency: str, changes: Sequence[tuple[str, PriceChange]]) -> dict[str, Any]:
    """What BridgeSetPrices needs, for changes by variant gid."""
    return {
        "list": price_list,
        "prices": [_price(gid, item.after, currency) for gid, item in changes if item.after],
        "gone": [gid for gid, item in changes if item.after is None],
    }


def _price(gid: str, pair: Pair, currency: str) -> dict[str, Any]:
    given: dict[str, Any] = {"variantId": gid, "price": _money(pair[0], currency)}
    if pair[1] is not None:
        given["compareAtPrice"] = _money(pair[1], currency)
    return given


def _money(minor: int, currency: str) -> dict[str, Any]:
    return {"amount": money(minor, currency), "currencyCode": currency}


def _pair(node: Mapping[str, Any], currency: str) -> Pair:
    compared = node["compareAtPrice"]
    return _minor(node["price"], currency), _minor(compared, currency) if compared else None


def _minor(amount: Mapping[str, Any], currency: str) -> int:
    step = Decimal(1).scaleb(-exponent(currency))
    return to_minor(Decimal(str(amount["amount"])).quantize(step, ROUND_HALF_UP), currency)


def _number(gid: str) -> str:
    return gid.rsplit("/", 1)[-1]
