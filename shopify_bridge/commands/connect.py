"""Making a connection, and choosing how it mirrors."""

from __future__ import annotations

import argparse
import os
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management import call_command

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Invalid

from .. import terminal
from ..domain.policy import changed, from_json
from ..models import Store
from ..usecases.check_extras import gid_of
from ..usecases.sides import Sides
from ..usecases.subscriptions import ensure, wrong
from .common import need, one_store


def migrate(arguments: argparse.Namespace) -> int:
    """Make the tables."""
    call_command("migrate", plan=arguments.dry_run, verbosity=1)
    return 0


def connect(arguments: argparse.Namespace) -> int:
    """Connect and say which warehouse is which location."""
    from ..saleor.dialect import log_in
    from ..usecases.connect import Connection
    from ..usecases.connect import connect as use_case

    token = arguments.saleor_token or os.environ.get("SALEOR_TOKEN", "")
    if arguments.saleor_email:
        token = log_in(arguments.saleor_url, arguments.saleor_email, need("SALEOR_PASSWORD"))
    if not token:
        raise Invalid("Give SALEOR_TOKEN, or --saleor-email with SALEOR_PASSWORD.", field="--saleor-token")
    given = Connection(
        arguments.name,
        arguments.saleor_url,
        token,
        arguments.shop,
        arguments.shop_token or need("SHOPIFY_TOKEN"),
        arguments.channel,
        _orders_since(arguments.orders_since or "today"),
        os.environ.get("SHOPIFY_WEBHOOK_SECRET", ""),
        keep_orders=arguments.orders_since is None,
    )
    named = dict(item.split("=", 1) for item in arguments.location if "=" in item)
    store, pairs = use_case(given, named, by_order=arguments.map_locations)
    rows = [(warehouse.name, location.name) for warehouse, location in pairs]
    if arguments.json:
        terminal.print_json({"store": store.name, "currency": store.currency, "locations": rows})
        return 0
    terminal.table(f"{store.name} is connected: stock", ["Saleor warehouse", "Shopify location"], rows)
    terminal.hint(
        f"Next: `doctor {store.name}` looks for what is missing, `plan {store.name}` writes nothing."
    )
    return 0


def configure(arguments: argparse.Namespace) -> int:
    """Change settings, all of them or none; without any, show them."""
    if arguments.store and "=" in arguments.store:
        arguments.settings, arguments.store = [arguments.store, *arguments.settings], None
    store = one_store(arguments)
    policy = from_json(store.policy)
    for item in arguments.settings:
        name, equals, value = item.partition("=")
        if not equals:
            raise Invalid("Must be name=value; name= takes an entry away.", field=item)
        name = name.strip()
        policy = changed(policy, name, gid_of(Sides(store), name, value.strip()))
    if arguments.settings and not arguments.dry_run:
        Store.objects.filter(pk=store.pk).update(policy=policy.as_json())
    shown = {name: getattr(policy, name) for name in policy.__dataclass_fields__}
    if arguments.json:
        terminal.print_json(shown)
        return 0
    chosen = policy.as_json()
    rows = [(name, _shown(value), "" if name in chosen else "default") for name, value in shown.items()]
    terminal.table(f"{store.name}: settings", ["setting", "value", ""], rows)
    if arguments.settings:
        said = "Nothing is stored yet." if arguments.dry_run else "Stored."
        terminal.say(f"{said} `plan {store.name}` shows what follows from it.")
    return 0


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{key}={item}" for key, item in value.items()) or "none"
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def webhooks(arguments: argparse.Namespace) -> int:
    """Let both sides tell us what changes."""
    from ..saleor.manifest import ensure_webhooks

    store = one_store(arguments)
    base = arguments.url or settings.BRIDGE_URL
    if not base:
        raise Invalid("Give --url, or set BRIDGE_URL: where `serve` is reached from outside.", field="--url")
    if not store.webhook_secrets:
        raise Invalid(
            "Without the app's secret nothing that Shopify sends is believed: "
            f"`connect {store.name} …` with SHOPIFY_WEBHOOK_SECRET.",
            field="SHOPIFY_WEBHOOK_SECRET",
        )
    sides = Sides(store)
    todo = wrong(sides, base) if arguments.dry_run else ensure(sides, base)
    rows = [("Shopify", item.topic.lower(), item.why) for item in todo]
    if not arguments.dry_run:
        rows.append(("Saleor", "webhook", ensure_webhooks(store, base)))
    if arguments.json:
        terminal.print_json([{"side": side, "topic": topic, "was": why} for side, topic, why in rows])
    elif rows:
        title = "To be mended" if arguments.dry_run else "Mended"
        terminal.table(title, ["side", "what", "was"], rows)
    else:
        terminal.say("All webhooks are there.")
    return 0


def _orders_since(text: str) -> date | None:
    """The day (in UTC) from which orders are mirrored. Raises Invalid."""
    if text in ("none", "all", "today"):
        return {"none": None, "all": date(2000, 1, 1), "today": clock.now().date()}[text]
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("Must be today, all, none or a day as YYYY-MM-DD.", field="--orders-since") from None
