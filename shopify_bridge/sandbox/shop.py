"""What a store is set up with."""

from __future__ import annotations

from dataclasses import dataclass

from .state import Doc, State, instant

PLANS = {"standard": (2000, 100), "advanced": (4000, 200), "plus": (20_000, 1000)}
_PLACES = (
    ("Main warehouse", "US", "New York"),
    ("East coast", "US", "Boston"),
    ("Europe", "DE", "Berlin"),
    ("West coast", "US", "Oakland"),
    ("Outlet", "GB", "London"),
    ("Returns", "PL", "Wroclaw"),
)


@dataclass
class Shop:
    """What a store is set up with."""

    token: str = "shpat_sandbox"  # noqa: S105 - a local store's well-known token
    domain: str = "sandbox.myshopify.com"
    currency: str = "USD"
    taxes_included: bool = False
    plan: str = "standard"
    base_url: str = "http://127.0.0.1:8899"
    secret: str = "shpss_sandbox"  # noqa: S105 - the app's secret, as well known as the token
    webhook_scale: float = 1.0


def open_shop(state: State, shop: Shop) -> Doc:
    """The store's own document; a new store gets it, and its locations."""
    known = state.page("Shop", 0, 1)
    if known:
        return known[0][1]
    for name, country, city in _PLACES:
        state.put(
            "Location",
            {
                "id": state.gid("Location"),
                "name": name,
                "isActive": True,
                "createdAt": instant(),
                "fulfillsOnlineOrders": True,
                "address": {"countryCode": country, "city": city, "country": country},
            },
        )
    return state.put(
        "Shop",
        {
            "id": state.gid("Shop"),
            "name": "Sandbox store",
            "myshopifyDomain": shop.domain,
            "currencyCode": shop.currency,
            "taxesIncluded": shop.taxes_included,
            "email": "owner@example.com",
            "ianaTimezone": "Etc/UTC",
            "weightUnit": "KILOGRAMS",
            "url": f"https://{shop.domain}",
        },
    )
