"""The options of the commands that need the bridge's database."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

Command = Callable[[argparse.Namespace], int]


def lazy(module: str, name: str) -> Command:
    """A command of the package `commands`, imported when Django is set up."""

    def run(arguments: argparse.Namespace) -> int:
        from importlib import import_module

        return getattr(import_module(f"shopify_bridge.commands.{module}"), name)(arguments)

    return run


def add_commands(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Every command but `sandbox` and `keygen`, in the order of a merchant's first day."""
    migrate = add("migrate", "Make or update the bridge's tables.", lazy("connect", "migrate"))
    migrate.add_argument("--dry-run", action="store_true", help="only show what would be done")
    _connect(add("connect", "Connect a Saleor to a Shopify store.", lazy("connect", "connect")))
    configure = add(
        "configure", "Show or change how a connection mirrors.", lazy("connect", "configure"), store=True
    )
    configure.add_argument("settings", nargs="*", metavar="name=value", help="stock=both owners.title=newest")
    _common(configure, dry_run="only show what would be stored")
    _common(add("doctor", "Look for what is wrong, and how to mend it.", lazy("look", "doctor"), store=True))
    plan = add("plan", "Show what would change; writes nothing.", lazy("mirror", "plan"), store=True)
    plan.add_argument("--exit-code", action="store_true", help="exit with 2 when there are changes")
    plan.add_argument("--all", action="store_true", help="show every change, not a few of each kind")
    _common(plan)
    apply = add("apply", "Carry out the plan.", lazy("mirror", "apply"), store=True)
    apply.add_argument("--all", action="store_true", help="show every change, not a few of each kind")
    _working(apply, dry_run="only show the plan")
    _keeping_up(add)
    _looking(add)


def _keeping_up(add: Callable[..., argparse.ArgumentParser]) -> None:
    webhooks = add("webhooks", "Let both sides tell what changes.", lazy("connect", "webhooks"), store=True)
    webhooks.add_argument("--url", help="where `serve` is reached from outside; or BRIDGE_URL")
    _common(webhooks, dry_run="only show what is missing")
    serve = add("serve", "Serve the addresses that webhooks go to.", lazy("serve", "serve"))
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8900, help="0 takes a free one and prints it")
    worker = add("worker", "Run a Celery worker with its beat.", lazy("serve", "worker"))
    worker.add_argument("--concurrency", type=int, default=2, help="processes (2)")
    sync = add("sync", "Catch up with what was heard of, here and now.", lazy("keep", "sync"), store=True)
    sync.add_argument("--poll", action="store_true", help="first ask both sides what has changed")
    sync.add_argument("--watch", action="store_true", help="go on doing so until it is interrupted")
    _common(sync, dry_run="only show what would be done")
    reconcile = add("reconcile", "Find what differs all the same.", lazy("keep", "reconcile"), store=True)
    reconcile.add_argument("--repair", action="store_true", help="mend it, like a plan")
    reconcile.add_argument(
        "--since", metavar="WHEN", help="only products changed since: 2026-11-23, 2026-11-23T10:00, 6h, 2d"
    )
    _working(reconcile, dry_run="never repair")


def _looking(add: Callable[..., argparse.ArgumentParser]) -> None:
    _common(add("status", "Connections, lag, open and parked work.", lazy("look", "status"), store=True))
    replay = add("replay", "Try parked changes again.", lazy("mirror", "replay"), store=True)
    replay.add_argument("id", nargs="*", help="as `status` shows it, or how it begins; all when left out")
    replay.add_argument("--inline", action="store_true", help="work in this process, without workers")
    replay.add_argument("--dry-run", action="store_true", help="only count them")


def _common(sub: argparse.ArgumentParser, **more: Any) -> None:
    sub.add_argument("--json", action="store_true", help="for scripts")
    if "dry_run" in more:
        sub.add_argument("--dry-run", action="store_true", help=more["dry_run"])


def _working(sub: argparse.ArgumentParser, **more: Any) -> None:
    sub.add_argument("--yes", action="store_true", help="do not ask")
    sub.add_argument("--inline", action="store_true", help="work in this process, without workers")
    sub.add_argument("--timeout", type=float, default=600, help="seconds to wait for the workers (600)")
    _common(sub, **more)


def _connect(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("name", help="what this connection is called")
    sub.add_argument("--saleor-url", required=True, help="Saleor's GraphQL address, ending in /graphql/")
    sub.add_argument(
        "--saleor-token", help="an app's token with MANAGE_PRODUCTS and MANAGE_ORDERS; better: SALEOR_TOKEN"
    )
    sub.add_argument(
        "--saleor-email", help="a staff log-in instead, to make such an app; password in SALEOR_PASSWORD"
    )
    sub.add_argument("--channel", default="", help="the channel to mirror (Saleor 3.x)")
    sub.add_argument("--shop", required=True, help="name.myshopify.com, or the sandbox's address")
    sub.add_argument("--shop-token", help="Admin API access token; better: SHOPIFY_TOKEN")
    sub.add_argument(
        "--location", action="append", default=[], metavar="WAREHOUSE=LOCATION", help="by id or name; repeat"
    )
    sub.add_argument(
        "--map-locations",
        action="store_true",
        help="join the other warehouses: by name, country, then in turn",
    )
    sub.add_argument(
        "--orders-since", metavar="DATE", help="today (or, for a known one, as before), all, none, YYYY-MM-DD"
    )
    sub.add_argument("--json", action="store_true", help="for scripts")
