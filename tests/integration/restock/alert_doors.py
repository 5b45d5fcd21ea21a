"""Shoppers who wait, and the workers behind them."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from saleor_plugins.delivery import relay
from saleor_plugins.kernel import clock
from saleor_plugins.restock.models import StockAlert
from saleor_plugins.restock.usecases.watch_stock import watch_stock

GRAPHQL = "/plugins/saleor_plugins.restock/graphql/"
ALERTS = "/plugins/saleor_plugins.restock/alerts/"
EMAIL = "ada@example.com"


def work() -> None:
    """Let the workers do all that is due."""
    while relay.run():
        pass


def graphql(client: Any, query: str, token: str | None = None) -> Any:
    """The data of an answer."""
    headers = {"HTTP_AUTHORIZATION": f"Bearer {token}"} if token else {}
    response = client.post(GRAPHQL, json.dumps({"query": query}), content_type="application/json", **headers)
    body = response.json()
    assert "errors" not in body, body
    return body["data"]


def subscribe(client: Any, variant: Any, email: str = EMAIL, token: str | None = None, **more: str) -> Any:
    """What a shopper is told."""
    given = {"variantId": variant.id, **({"email": email} if email else {}), **more}
    said = ", ".join(f"{name}: {json.dumps(value)}" for name, value in given.items())
    query = f"mutation {{ stockAlertSubscribe({said}) {{ outcome errors {{ field code }} }} }}"
    return graphql(client, query, token)["stockAlertSubscribe"]


def page_of(variant: Any, query: str = "") -> str:
    """The form's address."""
    return f"{ALERTS}{quote(variant.id, safe='')}/{query}"


def links(text: str, part: str) -> list[str]:
    """The paths of the links to `part` in a mail's text."""
    return [urlsplit(link).path for link in re.findall(rf"http\S+/alerts/{part}/[^\s)]+", text)]


def wait_for(variant: Any, email: str, *, channel: str = "", country: str = "") -> StockAlert:
    """Somebody whose address is confirmed."""
    from saleor_plugins.platform.port import Asker
    from saleor_plugins.restock.store import alerts as store
    from saleor_plugins.restock.usecases.confirm_alert import _confirm
    from saleor_plugins.restock.usecases.subscribe_alert import subscribe_alert

    subscribe_alert(Asker(), variant.id, email=email, channel=channel, country=country)
    alert = StockAlert.objects.get(email=email, variant_id=variant.id, state="PENDING")
    _confirm(alert, clock.now())
    return store.find(alert.pk) or alert


def look_on(at: Any, minutes: int = 16) -> None:
    """Sweeps, and their workers, over so many minutes from now, and a last one after them."""
    start = clock.now()
    for minute in range(minutes + 1):
        at(start + timedelta(minutes=minute, seconds=1))
        watch_stock()
    work()
