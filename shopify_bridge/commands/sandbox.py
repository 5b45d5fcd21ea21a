"""``shopify-bridge sandbox``."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from saleor_plugins.kernel.errors import Invalid

from ..sandbox.bulk import Speed
from ..sandbox.faults import Faults
from ..sandbox.server import Sandbox
from ..sandbox.store import Shop


def sandbox(arguments: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM."""
    shop = Shop(
        token=arguments.token,
        secret=arguments.secret,
        currency=arguments.currency.upper(),
        taxes_included=arguments.taxes_included,
        plan=arguments.plan,
        webhook_scale=arguments.webhook_scale,
    )
    faults = _faults(arguments.fault, arguments.seed)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        server = Sandbox(
            arguments.store_dir,
            shop,
            host=arguments.host,
            port=arguments.port,
            faults=faults,
            fetch_media=arguments.media == "fetch",
            media_delay=arguments.media_delay,
            speed=Speed(arguments.bulk_rate, arguments.bulk_delay),
        )
    except OSError as error:
        raise Invalid(
            f"Cannot listen on {arguments.host}:{arguments.port}: {error.strerror}.", field="--port"
        ) from None
    with server:
        sys.stdout.write(
            f"Shopify sandbox on {server.url} (Admin API 2026-10), store in {arguments.store_dir}\n"
        )
        sys.stdout.flush()
        stop.wait()
    return 0


def _faults(given: list[str], seed: int | None) -> Faults:
    faults = Faults(seed=seed)
    for item in given:
        name, _, value = item.partition("=")
        try:
            faults.set({name: value})
        except ValueError as error:
            raise Invalid(f"{error}.", field="--fault") from None
    return faults
