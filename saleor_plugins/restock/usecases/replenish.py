"""One whole look at the shop: bring demand up to date, then propose."""

from __future__ import annotations

from collections.abc import Sequence

from .rebuild_demand import rebuild_demand
from .suggest import Suggested, suggest


def replenish(*, warehouse_id: str | None = None, variant_ids: Sequence[str] | None = None) -> Suggested:
    """Read new sales, then `suggest`; raises what `suggest` raises."""
    rebuild_demand()
    return suggest(warehouse_id=warehouse_id, variant_ids=variant_ids)
