"""Changes of an object's metadata."""

from __future__ import annotations

from collections.abc import Mapping


def with_values(before: Mapping[str, str], values: Mapping[str, str | None]) -> dict[str, str]:
    """`before` with `values` set; None removes a key, others stay."""
    kept = {name: value for name, value in before.items() if name not in values}
    return kept | {name: value for name, value in values.items() if value is not None}
