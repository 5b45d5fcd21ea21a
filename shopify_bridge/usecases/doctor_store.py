"""Checks of the Shopify store, for `doctor`."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings as config

from ..models import Kind
from ..shopify.client import VERSION
from .check_extras import check_extras
from .findings import OK, PROBLEM, WARNING, Finding
from .sides import Sides
from .subscriptions import wrong

_OWNERS = {
    "PRODUCT": "products",
    "PRODUCTVARIANT": "variants",
    "ORDER": "orders",
    "COLLECTION": "collections",
}


def scopes(sides: Sides) -> Iterator[Finding]:
    """Whether the app may do what the settings need, in a version that Shopify still speaks."""
    data = sides.client.run("BridgeAccess")
    given = {scope["handle"] for scope in data["currentAppInstallation"]["accessScopes"]}
    given |= {f"read_{scope.removeprefix('write_')}" for scope in given if scope.startswith("write_")}
    missing = sorted(needed_scopes(sides) - given)
    if missing:
        yield Finding(
            PROBLEM,
            "scopes",
            f"the app may not {', '.join(missing)}",
            f"add them to the app's Admin API scopes, install it again, `connect {sides.store.name} …`",
        )
    supported = [version["handle"] for version in data["publicApiVersions"] if version["supported"]]
    if VERSION not in supported:
        yield Finding(
            PROBLEM, "API version", f"Shopify no longer supports {VERSION}", "install a newer bridge"
        )
    if sides.client.served != VERSION:
        said = f"Shopify answers in {sides.client.served}, the bridge speaks {VERSION}"
        yield Finding(WARNING, "API version", said, "install a newer bridge")


def needed_scopes(sides: Sides) -> set[str]:
    """The Admin API scopes that this connection's settings need."""
    needed = {"write_products", "read_locations", "write_inventory"}
    if sides.policy.publications:
        needed.add("write_publications")
    if sides.policy.locales:
        needed |= {"read_locales", "write_translations"}
    if sides.store.orders_since:
        needed |= {"write_orders", "write_merchant_managed_fulfillment_orders"}
    return needed


def places(sides: Sides) -> Iterator[Finding]:
    """Whether each warehouse has a location that takes stock."""
    data = sides.client.run("BridgePlaces")
    if data["shop"]["currencyCode"] != sides.currency:
        now = data["shop"]["currencyCode"]
        said = f"the Shopify store has {now} now, the connection was made for {sides.currency}"
        yield Finding(PROBLEM, "currency", said, "connect a channel with the store's currency")
    locations = {node["id"]: node for node in data["locations"]["nodes"]}
    warehouses = {place.id: place.name for place in sides.source.info.warehouses}
    again = f"`connect {sides.store.name} …` with --location WAREHOUSE=LOCATION"
    for warehouse, gid in sides.places.items():
        name, location = warehouses.get(warehouse), locations.get(gid)
        if location is None:
            said = f"the location of warehouse {name or warehouse} was deleted; its stock is not mirrored"
            yield Finding(PROBLEM, "locations", said, again)
        elif not location["isActive"]:
            said = f"location {location['name']} is deactivated; the stock of {name or warehouse} waits"
            mend = f"activate it in Shopify (Settings > Locations), then `plan` finds its stock; or {again}"
            yield Finding(PROBLEM, "locations", said, mend)
        if name is None:
            said = f"the warehouse of location {(location or {}).get('name', gid)} is gone from the channel"
            yield Finding(WARNING, "locations", said, again)
    for warehouse, name in warehouses.items():
        if warehouse not in sides.places:
            said = f"warehouse {name} has no location; its stock is not mirrored"
            yield Finding(WARNING, "locations", said, again)


def definitions(sides: Sides) -> Iterator[Finding]:
    """Whether Shopify's objects can carry Saleor's id."""
    found, missing = sides.reader.definitions(), []
    for owner, name in _OWNERS.items():
        if owner == "ORDER" and not sides.store.orders_since:
            continue
        if found[owner] is None:
            missing.append(name)
        elif found[owner] != "id":
            said = f"saleor.saleor_id of {name} has the type {found[owner]}, not id"
            mend = "delete that definition in Shopify (Settings > Custom data); `apply` makes the right one"
            yield Finding(PROBLEM, "metafields", said, mend)
    if missing:
        new = not sides.mappings(Kind.PRODUCT).exists()
        said = f"{', '.join(missing)} cannot carry Saleor's id yet: the next `apply` makes saleor.saleor_id"
        yield Finding(OK if new else WARNING, "metafields", said)


def settings(sides: Sides) -> Iterator[Finding]:
    """Whether Shopify has what the settings name."""
    for text in check_extras(sides):
        said, _, mend = text.partition(": ")
        yield Finding(PROBLEM, "settings", said, mend)


def bulk(sides: Sides) -> Iterator[Finding]:
    """Whether bulk operations are allowed."""
    refused = sides.store.bulk_refused
    if refused and sides.policy.bulk == "auto":
        said = f"Shopify let this app run none on {refused:%Y-%m-%d}; products go one by one"
        mend = f"enable them for the app; or `configure {sides.store.name} bulk=never`: slower, else the same"
        yield Finding(WARNING, "bulk operations", said, mend)


def webhooks(sides: Sides) -> Iterator[Finding]:
    """Whether Shopify tells us what changes."""
    name, base = sides.store.name, config.BRIDGE_URL
    if not base:
        said = f"BRIDGE_URL is not set: changes are only noticed every {config.BRIDGE_POLL_SECONDS:.0f} s"
        mend = f"set it to where `serve` is reached from outside, then `webhooks {name}`"
        yield Finding(WARNING, "webhooks", said, mend)
        return
    if not sides.store.webhook_secrets:
        said = "the app's secret is not known, so nothing that Shopify sends is believed"
        yield Finding(PROBLEM, "webhooks", said, f"`connect {name} …` with SHOPIFY_WEBHOOK_SECRET")
    found = wrong(sides, base)
    if found:
        said = "; ".join(f"{item.topic.lower()} {item.why}" for item in found[:3])
        more = f" and {len(found) - 3} more" if len(found) > 3 else ""
        yield Finding(PROBLEM, "webhooks", f"at Shopify: {said}{more}", f"`webhooks {name}` makes them")
