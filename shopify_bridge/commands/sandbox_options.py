"""The options of ``shopify-bridge sandbox``, apart from what the command itself imports."""

from __future__ import annotations

import argparse
import os
from pathlib import Path


def sandbox_options(sub: argparse.ArgumentParser) -> None:
    """Add them to a parser."""
    sub.add_argument("--host", default="127.0.0.1")
    sub.add_argument("--port", type=int, default=8899, help="0 takes a free one and prints it")
    sub.add_argument("--store-dir", type=Path, default=Path("sandbox-store"), help="where the store is kept")
    token = os.environ.get("SHOPIFY_TOKEN") or "shpat_sandbox"
    sub.add_argument("--token", default=token, help="the access token it accepts")
    secret = (os.environ.get("SHOPIFY_WEBHOOK_SECRET") or "shpss_sandbox").split(",")[0]
    sub.add_argument("--secret", default=secret, help="the app's secret, which signs webhooks")
    sub.add_argument("--currency", default="USD")
    sub.add_argument("--taxes-included", action="store_true")
    plans = ["standard", "advanced", "plus"]
    sub.add_argument("--plan", choices=plans, default="standard", help="its rate limits")
    media = ["fetch", "pretend"]
    sub.add_argument("--media", choices=media, default="fetch", help="fetch pictures, or only say so")
    sub.add_argument("--media-delay", type=float, default=1.0, help="seconds a picture is processed (1)")
    sub.add_argument(
        "--bulk-rate", type=float, default=0.0, help="objects a second of a bulk operation (0: all it can)"
    )
    sub.add_argument("--bulk-delay", type=float, default=0.0, help="seconds before a bulk operation begins")
    sub.add_argument(
        "--webhook-scale",
        type=float,
        default=1.0,
        help="shortens the four hours in which webhooks are tried again: 0.001 makes them 14 seconds (1)",
    )
    sub.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="what goes wrong, repeatable: throttled=0.3, lost=0.1, bulk_shuffled=on, ... see the guide",
    )
    sub.add_argument("--seed", type=int, help="makes the faults repeatable")
