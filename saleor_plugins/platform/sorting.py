"""The order of ids: numbers as numbers, UUIDs as Postgres sorts them."""

from __future__ import annotations

import base64
import binascii


def by_id(global_id: str) -> tuple[str, int, str]:
    """A sort key for a Saleor global id that sorts as the primary keys do."""
    try:
        kind, _, key = base64.b64decode(global_id, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return (global_id, 0, "")
    return (kind, int(key), "") if key.isdigit() else (kind, 0, key)
