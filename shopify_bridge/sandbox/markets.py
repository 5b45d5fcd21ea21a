"""Markets, their catalogs, and price lists with fixed prices."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .errors import UserError, UserErrors, bad_request
from .state import Doc, State

MAX_PRICES = 250
# Assumed: a store that sells in two markets besides its own.
MARKETS = (("Europe", "EUR"), ("United Kingdom", "GBP"))
PRICE = "price"


def set_up(state: State, currency: str) -> None:
    """The store's own market, and others with a catalog and a price list each."""
    _market(state, "Primary", None)
    for name, other in MARKETS:
        if other != currency:
            _market(state, name, other)


def _market(state: State, name: str, currency: str | None) -> None:
    gid = state.gid("Market")
    catalogs: list[str] = []
    if currency:
        catalog = state.gid("MarketCatalog")
        prices = _price_list(state, f"{name} prices", currency, catalog)
        state.put(
            "MarketCatalog",
            {
                "id": catalog,
                "title": name,
                "status": "ACTIVE",
                "priceList": prices["id"],
                "publication": None,
                "markets": [gid],
            },
        )
        catalogs.append(catalog)
    state.put(
        "Market",
        {
            "id": gid,
            "name": name,
            "handle": name.lower().replace(" ", "-"),
            "status": "ACTIVE",
            "type": "REGION",
            "catalogs": catalogs,
        },
    )


def _price_list(state: State, name: str, currency: str, catalog: str | None, parent: Any = None) -> Doc:
    adjustment = {"type": "PERCENTAGE_DECREASE", "value": 0.0}
    return state.put(
        "PriceList",
        {
            "id": state.gid("PriceList"),
            "name": name,
            "currency": currency,
            "catalog": catalog,
            "parent": parent or {"adjustment": adjustment, "settings": {"compareAtMode": "ADJUSTED"}},
        },
    )


def create(state: State, given: Doc) -> Doc:
    """priceListCreate."""
    if not given["name"].strip():
        raise UserError("Name can't be blank", "input", "name", code="BLANK")
    if any(doc["name"] == given["name"] for _, doc in state.page("PriceList", 0, 1000)):
        raise UserError("Name has already been taken", "input", "name", code="TAKEN")
    adjustment = given["parent"]["adjustment"]
    most = 100 if adjustment["type"] == "PERCENTAGE_DECREASE" else 1000
    if not 0 <= adjustment["value"] <= most:
        raise UserError(
            "The adjustment value is out of range.", "input", "parent", code="INVALID_ADJUSTMENT_VALUE"
        )
    catalog = state.get(given.get("catalogId"))
    if given.get("catalogId") and not catalog:
        message = "The specified catalog does not exist."
        raise UserError(message, "input", "catalogId", code="CATALOG_DOES_NOT_EXIST")
    settings = given["parent"].get("settings") or {"compareAtMode": "ADJUSTED"}
    parent = {"adjustment": adjustment, "settings": settings}
    doc = _price_list(state, given["name"], given["currency"], catalog["id"] if catalog else None, parent)
    if catalog:
        state.put(catalog["id"].split("/")[3], catalog | {"priceList": doc["id"]})
    return doc


def add_prices(state: State, gid: str, prices: list[Doc], field: str = "prices") -> list[Doc]:
    """priceListFixedPricesAdd: all or none; an existing price is replaced."""
    _size(prices)
    doc = _found(state, gid)
    errors = []
    for index, item in enumerate(prices):
        where = (field, str(index))
        if item["price"]["currencyCode"] != doc["currency"]:
            message = "The specified currency does not match the price list's currency."
            errors.append(
                UserError(message, *where, "price", "currencyCode", code="PRICE_LIST_CURRENCY_MISMATCH")
            )
        elif (item.get("compareAtPrice") or item["price"])["currencyCode"] != doc["currency"]:
            message = "The specified currency does not match the price list's currency."
            errors.append(
                UserError(
                    message, *where, "compareAtPrice", "currencyCode", code="PRICE_LIST_CURRENCY_MISMATCH"
                )
            )
        elif state.get(item["variantId"]) is None or "/ProductVariant/" not in item["variantId"]:
            message = "The specified product variant does not exist."
            errors.append(UserError(message, *where, "variantId", code="VARIANT_NOT_FOUND"))
        elif Decimal(item["price"]["amount"]) < 0:
            errors.append(
                UserError("Price must be greater than or equal to 0.", *where, "price", code="BLANK")
            )
    raise_all(errors)
    for item in prices:
        compared = item.get("compareAtPrice")
        data = {"price": money(item["price"]), "compareAtPrice": money(compared) if compared else None}
        state.links.add(PRICE, gid, item["variantId"], data)
    return [fixed(state, gid, item["variantId"]) for item in prices]


def delete_prices(state: State, gid: str, variants: list[str], field: str = "variantIds") -> list[str]:
    """priceListFixedPricesDelete: all or none."""
    _size(variants)
    _found(state, gid)
    errors = [
        UserError(
            "A fixed price for the specified product variant does not exist.",
            field,
            str(index),
            code="PRICE_NOT_FIXED" if state.get(variant) else "VARIANT_NOT_FOUND",
        )
        for index, variant in enumerate(variants)
        if not state.links.has(PRICE, gid, variant)
    ]
    raise_all(errors)
    for variant in variants:
        state.links.remove(PRICE, gid, variant)
    return variants


def fixed(state: State, gid: str, variant: str) -> Doc:
    """A PriceListPrice that is fixed."""
    return {"variant": variant, "originType": "FIXED", **state.links.get(PRICE, gid, variant)}


def relative(price_list: Doc, variant: Doc) -> Doc:
    """The price an adjustment gives. Assumed: one unit of each currency is worth as much as of another."""
    adjustment = price_list["parent"]["adjustment"]
    sign = -1 if adjustment["type"] == "PERCENTAGE_DECREASE" else 1
    factor = 1 + sign * Decimal(str(adjustment["value"])) / 100

    def adjusted(amount: str) -> Doc:
        return {"amount": f"{Decimal(amount) * factor:.2f}", "currencyCode": price_list["currency"]}

    compared = variant["compareAtPrice"]
    kept = price_list["parent"]["settings"]["compareAtMode"] == "ADJUSTED"
    return {
        "variant": variant["id"],
        "originType": "RELATIVE",
        "price": adjusted(variant["price"]),
        "compareAtPrice": adjusted(compared) if compared and kept else None,
    }


def money(given: Doc) -> Doc:
    """A MoneyV2 as Shopify shows it: at least one decimal place, as Decimal scalars have."""
    amount = Decimal(str(given["amount"]))
    text = f"{amount.normalize():f}"
    return {"amount": text if "." in text else f"{text}.0", "currencyCode": given["currencyCode"]}


def raise_all(errors: list[UserError]) -> None:
    """Refuse with every entry, if there is one."""
    if errors:
        raise UserErrors(errors)


def _found(state: State, gid: str) -> Doc:
    doc = state.get(gid)
    if doc is None or "/PriceList/" not in gid:
        raise UserError("Price list does not exist.", "priceListId", code="PRICE_LIST_NOT_FOUND")
    return doc


def _size(items: list[Any]) -> None:
    if len(items) > MAX_PRICES:
        raise bad_request(
            f"The input array size of {len(items)} is greater than the maximum allowed of {MAX_PRICES}.",
            "MAX_INPUT_SIZE_EXCEEDED",
        )
