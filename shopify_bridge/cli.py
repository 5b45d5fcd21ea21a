"""``shopify-bridge``: the command line.

Exit codes: 0 done (for ``plan --exit-code``: nothing to do), 1 something is parked or failed,
2 wrong usage or, for ``plan --exit-code``, there are changes, 130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from saleor_plugins.kernel.errors import OpsError

Command = Callable[[argparse.Namespace], int]


def main(argv: list[str] | None = None) -> int:
    """Run one command; the console script's entry point."""
    arguments = _parser().parse_args(argv)
    command: Command = arguments.command
    try:
        if arguments.needs_django:
            _set_up()
        return command(arguments)
    except OpsError as error:
        sys.stderr.write(f"{error.field + ': ' if error.field else ''}{error.message}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shopify_bridge.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured

    django.setup()
    from django.conf import settings

    try:
        settings.SECRET_KEY  # noqa: B018 - Django complains when it is empty
    except ImproperlyConfigured:
        raise OpsError(
            "Set SECRET_KEY: it encrypts the stored tokens. `shopify-bridge keygen` makes one."
        ) from None


def _keygen(_: argparse.Namespace) -> int:
    import secrets

    sys.stdout.write(secrets.token_urlsafe(48) + "\n")
    return 0


def _sandbox(arguments: argparse.Namespace) -> int:
    from .commands.sandbox import sandbox

    return sandbox(arguments)


def _lazy(name: str) -> Command:
    """A command of `commands.mirror`, imported when Django is set up."""

    def run(arguments: argparse.Namespace) -> int:
        from .commands import mirror

        return getattr(mirror, name)(arguments)

    return run


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="shopify-bridge", description="Mirrors a Saleor shop to a Shopify store."
    )
    commands = parser.add_subparsers(required=True, metavar="command")

    def add(
        name: str, help_: str, command: Command, *, store: bool = False, django: bool = True
    ) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help_, description=help_)
        sub.set_defaults(command=command, needs_django=django)
        if store:
            sub.add_argument(
                "store", nargs="?", help="the connection's name; may be left out when there is one"
            )
        return sub

    _sandbox_options(add("sandbox", "Run a local Shopify store.", _sandbox, django=False))
    add("keygen", "Print a fresh secret key.", _keygen, django=False)
    migrate = add("migrate", "Make or update the bridge's tables.", _lazy("migrate"))
    migrate.add_argument("--dry-run", action="store_true", help="only show what would be done")
    _connect_options(add("connect", "Connect a Saleor to a Shopify store.", _lazy("connect")))
    plan = add("plan", "Show what would change in Shopify; writes nothing.", _lazy("plan"), store=True)
    plan.add_argument("--json", action="store_true", help="for scripts")
    plan.add_argument("--exit-code", action="store_true", help="exit with 2 when there are changes")
    apply = add("apply", "Carry out the plan.", _lazy("apply"), store=True)
    apply.add_argument("--yes", action="store_true", help="do not ask")
    apply.add_argument("--dry-run", action="store_true", help="only show the plan")
    apply.add_argument("--inline", action="store_true", help="work in this process, without workers")
    apply.add_argument("--json", action="store_true", help="print the result for scripts")
    apply.add_argument("--timeout", type=float, default=600, help="seconds to wait for the workers (600)")
    status = add("status", "Connections, open and parked work.", _lazy("status"), store=True)
    status.add_argument("--json", action="store_true", help="for scripts")
    replay = add("replay", "Try parked changes again.", _lazy("replay"), store=True)
    replay.add_argument("--inline", action="store_true", help="work in this process, without workers")
    worker = add("worker", "Run a Celery worker with its beat.", _lazy("worker"))
    worker.add_argument("--concurrency", type=int, default=2, help="processes (2)")
    return parser


def _sandbox_options(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--host", default="127.0.0.1")
    sub.add_argument("--port", type=int, default=8899, help="0 takes a free one and prints it")
    sub.add_argument("--store-dir", type=Path, default=Path("sandbox-store"), help="where the store is kept")
    sub.add_argument(
        "--token",
        default=os.environ.get("SHOPIFY_TOKEN") or "shpat_sandbox",
        help="the access token it accepts",
    )
    sub.add_argument("--currency", default="USD")
    sub.add_argument("--taxes-included", action="store_true")
    sub.add_argument(
        "--plan", choices=["standard", "advanced", "plus"], default="standard", help="its rate limits"
    )
    sub.add_argument(
        "--media", choices=["fetch", "pretend"], default="fetch", help="fetch pictures, or only say so"
    )
    sub.add_argument(
        "--fault", action="append", default=[], metavar="NAME=SHARE", help="throttled, error or lost, 0 to 1"
    )
    sub.add_argument("--seed", type=int, help="makes the faults repeatable")


def _connect_options(sub: argparse.ArgumentParser) -> None:
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
        "--orders-since", default="today", metavar="DATE", help="today (default), all, none, or YYYY-MM-DD"
    )
    sub.add_argument("--json", action="store_true", help="for scripts")


if __name__ == "__main__":
    sys.exit(main())
