"""Give parcels what a carrier reported about them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from ...carriers.scans import Reported
from ...kernel import clock
from ...kernel.errors import NotFound
from .. import store
from ..domain.parcels.shipment import Scan, Source
from ..models import Carrier, Shipment
from ..store.shipments import SAME_NUMBER
from .change_shipment import locked
from .tracking_record import apply_strays, record

logger = logging.getLogger(__name__)

FORGET_AFTER = timedelta(days=90)


def apply_events(carrier_id: UUID, reported: Sequence[Reported]) -> None:
    """Record each scan with the parcels that have its number; keep those of unknown numbers for later.

    One transaction a parcel; repeating it changes nothing. A carrier moves its own parcels and those
    without a carrier. Raises NotFound when the carrier is gone.
    """
    carrier = store.carrier(carrier_id)
    scans: dict[str, list[Scan]] = {}
    for row in reported:
        scans.setdefault(row.tracking_number, []).append(row.scan)
    found = matching(scans, carrier_id)
    unknown = [number for number in scans if number not in found]
    for number, rows in found.items():
        for row in rows:
            _apply(row, number, carrier, scans[number])
    if unknown:
        with transaction.atomic():
            store.park(carrier, [(number, scan) for number in unknown for scan in scans[number]])
        # A parcel may have got its number while we looked.
        settle_strays(unknown)


def matching(numbers: Iterable[str], carrier_id: UUID | None) -> dict[str, list[Shipment]]:
    """The parcels with each number, without those of long ago; none of another carrier's."""
    found: dict[str, list[Shipment]] = {}
    for row in store.shipments_numbered(list(numbers)):
        rows = found.setdefault(row.tracking_number, [])
        if not rows or rows[0].created - row.created <= SAME_NUMBER:
            rows.append(row)
    mine = {
        number: [row for row in rows if row.carrier_id in (None, carrier_id) or carrier_id is None]
        for number, rows in found.items()
    }
    return {number: rows for number, rows in mine.items() if rows}


def settle_strays(numbers: Iterable[str]) -> int:
    """Give what waits to the parcels that have the numbers now; answers how many parcels got something."""
    settled = 0
    for number, rows in matching(numbers, None).items():
        for row in rows:
            with transaction.atomic():
                seen = _locked(row)
                if seen and seen.tracking_number == number and apply_strays(seen):
                    settled += 1
    return settled


def forget_strays() -> int:
    """Let go of scans that nobody's parcel claimed in 90 days."""
    return store.forget_strays(clock.now() - FORGET_AFTER)


def to_json(reported: Iterable[Reported]) -> list[dict[str, Any]]:
    """Scans for the inbox."""
    return [
        {
            "number": row.tracking_number,
            "state": row.scan.state,
            "at": row.scan.at.isoformat(),
            "id": row.scan.external_id,
            "description": row.scan.description,
            "place": row.scan.place,
        }
        for row in reported
    ]


def from_json(rows: Iterable[dict[str, str]]) -> list[Reported]:
    """The scans back from the inbox."""
    return [
        Reported(
            row["number"],
            Scan(
                row["state"],
                datetime.fromisoformat(row["at"]),
                Source.CARRIER,
                row["id"],
                row["description"],
                row["place"],
            ),
        )
        for row in rows
    ]


def _apply(row: Shipment, number: str, carrier: Carrier, scans: Sequence[Scan]) -> None:
    with transaction.atomic():
        seen = _locked(row)
        if seen is None or seen.tracking_number != number or seen.carrier_id not in (None, carrier.pk):
            return
        if seen.carrier_id is None:
            store.note_carrier(seen, carrier)
        record(seen, scans)


def _locked(row: Shipment) -> Shipment | None:
    try:
        return locked(row.pk)
    except NotFound:
        logger.info("fulfillment_parcel_without_order", extra={"shipment_id": str(row.pk)})
        return None
