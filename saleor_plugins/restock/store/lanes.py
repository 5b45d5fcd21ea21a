"""The ways between warehouses."""

from __future__ import annotations

from ..models import TransferLane


def active() -> list[TransferLane]:
    """Every lane in use, in a stable order."""
    return list(TransferLane.objects.filter(active=True).order_by("source_id", "target_id"))
