"""How merchants name a customer's groups in metadata."""

from __future__ import annotations

from collections.abc import Mapping

KEYS = ("customer_groups", "customer_group")


def groups_in(metadata: Mapping[str, str]) -> frozenset[str]:
    """The names between commas; spaces around them do not count."""
    names = (name.strip() for key in KEYS for name in metadata.get(key, "").split(","))
    return frozenset(name for name in names if name)
