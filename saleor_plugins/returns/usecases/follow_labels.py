"""Ask the carrier which of its labels it has scanned."""

from __future__ import annotations

import contextlib

from saleor_plugins.carriers.states import DELIVERED, ON_THE_WAY, RETURNED, RETURNING
from saleor_plugins.kernel.errors import Conflict

from ..store.labels import under_way
from .label_service import CARRIER, label_service
from .track_return import track_return

SCANNED = frozenset({*ON_THE_WAY, DELIVERED, RETURNING, RETURNED})
# Parcels that the carrier is asked about: so many in a round, so many at once.
ROUND = 2000
AT_ONCE = 25


def follow_labels() -> int:
    """Note the parcels that the carrier has; answers how many. Talks to the outside."""
    service = label_service()
    if service is None:
        return 0
    api, awaited, found = service.api(), under_way(ROUND), set()
    numbers = list(awaited)
    for start in range(0, len(numbers), AT_ONCE):
        told = api.scans(numbers[start : start + AT_ONCE])
        found |= {row.tracking_number for row in told if row.scan.state in SCANNED}
    for number in sorted(found & awaited.keys()):
        # The return may have gone on meanwhile: then a scan says nothing new.
        with contextlib.suppress(Conflict):
            track_return(CARRIER, awaited[number], tracking_number=number, scanned=True)
    return len(found)
