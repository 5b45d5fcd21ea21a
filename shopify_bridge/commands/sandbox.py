"""``shopify-bridge sandbox``."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from saleor_plugins.kernel.errors import Invalid

from ..sandbox.faults import Faults
from ..sandbox.server import Sandbox
from ..sandbox.store import Shop


def sandbox(arguments: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM."""
    shop = Shop(
        token=arguments.token,
        currency=arguments.currency.upper(),
        taxes_included=arguments.taxes_included,
        plan=arguments.plan,
    )
    shares = _faults(arguments.fault)
    faults = Faults(shares["throttled"], shares["error"], shares["lost"], seed=arguments.seed)
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


def _faults(given: list[str]) -> dict[str, float]:
    faults = {"throttled": 0.0, "error": 0.0, "lost": 0.0}
    for item in given:
        name, _, share = item.partition("=")
        try:
            faults[name] = float(share)
        except ValueError:
            faults[name] = -1.0
        if name not in ("throttled", "error", "lost") or not 0 <= faults[name] <= 1:
            raise Invalid("Must be throttled, error or lost, = and a share from 0 to 1.", field="--fault")
    return faults
