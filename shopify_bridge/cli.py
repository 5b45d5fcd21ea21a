"""``shopify-bridge``: the command line.

Exit codes: 0 done (for ``plan --exit-code`` and ``reconcile``: nothing differs), 1 something is parked,
failed or wrong, 2 wrong usage (for ``plan --exit-code`` and ``reconcile``: something differs), 130
interrupted.
"""

from __future__ import annotations

import argparse
import os
import sys

from saleor_plugins.kernel.errors import OpsError

from .commands.sandbox_options import sandbox_options
from .options import Command, add_commands


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

    sandbox_options(add("sandbox", "Run a local Shopify store.", _sandbox, django=False))
    add("keygen", "Print a fresh secret key.", _keygen, django=False)
    add_commands(add)
    return parser


if __name__ == "__main__":
    sys.exit(main())
