"""Prove that transfers and their ledger agree."""

from __future__ import annotations

from ..store import transfers


def audit_transfers() -> list[str]:
    """Ids of lines whose shipped, received or lost units are not what the ledger adds up to."""
    return [str(line.pk) for line in transfers.differences()]
