"""What an exchange's credit paid of an order's lines, kept with the order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

KEY = "saleor_plugins.exchange"
Shares = Mapping[str, tuple[int, int]]


def words(shares: Shares, from_order_id: str) -> dict[str, str]:
    """The order's private metadata: net and gross by line, and the order whose goods came back."""
    return {KEY: json.dumps({"order": from_order_id, "lines": shares})}


def shares(private_metadata: Any) -> Shares:
    """Net and gross by line; none for an order that is no exchange."""
    stored = (private_metadata or {}).get(KEY)
    if not stored:
        return {}
    return {line: (int(net), int(gross)) for line, (net, gross) in json.loads(stored)["lines"].items()}
