"""One whole look at the shop: bring demand up to date, then propose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import transaction

from .rebuild_demand import rebuild_demand
from .suggest import Suggested, Told, suggest


def replenish(
    *, warehouse_id: str | None = None, variant_ids: Sequence[str] | None = None, told: Told | None = None
) -> Suggested:
    """Read new sales, then `suggest`; raises what `suggest` raises.

    For named variants somebody waits: three years of sales are not read then, even where that is due.
    """
    rebuild_demand(brief=variant_ids is not None)
    return suggest(warehouse_id=warehouse_id, variant_ids=variant_ids, told=told)


@contextmanager
def rehearsal() -> Iterator[None]:
    """What is done within is seen within, and undone: one transaction, which holds approvals up meanwhile.

    Only numbers of drafts are used up.
    """
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
