"""The bridge as an app of Saleor 3.x, and its webhooks for an app that is there already."""

from __future__ import annotations

import secrets
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from .client import SaleorClient, document
from .dialect import PERMISSIONS, WISHED, choose
from .errors import SaleorDenied, SaleorError, SaleorRefused
from .events import EVENTS_2, subscription

if TYPE_CHECKING:
    from ..models import Store

_NAME = "Shopify bridge"


def root_url(request: HttpRequest) -> str:
    """Where Saleor reaches the bridge: BRIDGE_URL, else the address it was just called at."""
    return (settings.BRIDGE_URL or request.build_absolute_uri("/")).rstrip("/")


def webhook_url(store: Store, base_url: str) -> str:
    """Where the connection's webhooks go."""
    return base_url.rstrip("/") + reverse("saleor-webhook", args=[store.name])


def manifest_of(store: Store, base_url: str) -> dict[str, Any]:
    """The manifest of a connection's app, with the webhooks that its Saleor knows.

    https://docs.saleor.io/developer/extending/apps/architecture/manifest
    """
    query, events = subscription(event_names(SaleorClient(store.saleor_url, tries=1)))
    return {
        "id": f"saleor-plugins.shopify-bridge.{store.name}",
        "name": f"{_NAME} ({store.name})",
        "about": "Mirrors products, stock and orders to a Shopify store.",
        "version": _version(),
        "author": "saleor-plugins",
        "requiredSaleorVersion": ">=3.21 <4",
        "permissions": [*PERMISSIONS, *WISHED["v3"]],
        "tokenTargetUrl": base_url + reverse("saleor-register", args=[store.name]),
        "webhooks": [
            {
                "name": f"{_NAME} ({store.name})",
                "targetUrl": webhook_url(store, base_url),
                "query": query,
                "asyncEvents": events,
                "isActive": True,
            }
        ],
    }


def _version() -> str:
    try:
        return version("saleor-plugins")
    except PackageNotFoundError:
        return "0"  # run from its folder without being installed


def event_names(client: SaleorClient) -> frozenset[str]:
    """The asynchronous events that a Saleor 3.x knows; none when it does not say."""
    try:
        found = client.run(document("v3", "EventNames"))["__type"]
    except SaleorError:
        return frozenset()
    return frozenset(value["name"] for value in found["enumValues"]) if found else frozenset()


def ensure_webhooks(store: Store, base_url: str) -> str:
    """Make Saleor tell `base_url` what changes: "made", "mended" or "" when it does so already.

    2.10 tells of new products and of orders only. Raises SaleorRefused, SaleorDenied, SaleorUnreachable.
    """
    client = SaleorClient(store.saleor_url, store.saleor_token)
    dialect = choose(client).name
    target = webhook_url(store, base_url)
    wanted = _wanted_2(store) if dialect == "v2" else _wanted_3(client)
    known = [hook for hook in _known(client, dialect) if hook["targetUrl"] == target]
    if any(_same(hook, wanted, dialect) for hook in known):
        return ""
    given = wanted | {"name": f"{_NAME} ({store.name})", "targetUrl": target, "isActive": True}
    if known:
        try:
            _send(client, dialect, "ChangeWebhook", "webhookUpdate", id=known[0]["id"], input=given)
            return "mended"
        except SaleorDenied:
            # An app of 2.10 may add a webhook but change none; what the old one sends is refused.
            pass
    _send(client, dialect, "AddWebhook", "webhookCreate", input=given)
    return "made"


def _wanted_3(client: SaleorClient) -> dict[str, Any]:
    query, events = subscription(event_names(client))
    return {"query": query, "asyncEvents": events}


def _wanted_2(store: Store) -> dict[str, Any]:
    if not store.saleor_secrets:
        type(store).objects.filter(pk=store.pk, saleor_secrets="").update(
            saleor_secrets=secrets.token_urlsafe(32)
        )
        store.refresh_from_db(fields=["saleor_secrets"])
    return {"events": list(EVENTS_2), "secretKey": store.saleor_secrets.split(",")[0]}


def _known(client: SaleorClient, dialect: str) -> list[dict[str, Any]]:
    if dialect == "v3":
        app = client.run(document("v3", "Me"))["app"]
        if app is None:
            raise SaleorDenied("The token is not an app's.", field="saleorToken")
        return app["webhooks"] or []
    data = client.run(document("v2", "MyWebhooks"), first=100, after=None)
    return [edge["node"] for edge in data["webhooks"]["edges"]]


def _same(hook: dict[str, Any], wanted: dict[str, Any], dialect: str) -> bool:
    if not hook["isActive"]:
        return False
    if dialect == "v3":
        events = {item["eventType"] for item in hook["asyncEvents"]}
        return events == set(wanted["asyncEvents"]) and hook["subscriptionQuery"] == wanted["query"]
    events = {item["eventType"] for item in hook["events"]}
    return events >= set(wanted["events"]) and hook["secretKey"] == wanted["secretKey"]


def _send(client: SaleorClient, dialect: str, name: str, field: str, **variables: Any) -> None:
    errors = client.run(document(dialect, name), **variables)[field]["errors"]
    if errors:
        raise SaleorRefused(f"Saleor takes no webhook: {errors[0]['message']}", field=errors[0]["field"])
