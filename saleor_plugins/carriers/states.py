"""What can happen to a parcel, in the words that carriers, staff and files share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

CREATED = "CREATED"
IN_TRANSIT = "IN_TRANSIT"
OUT_FOR_DELIVERY = "OUT_FOR_DELIVERY"
EXCEPTION = "EXCEPTION"
DELIVERED = "DELIVERED"
RETURNING = "RETURNING"
RETURNED = "RETURNED"
CANCELED = "CANCELED"
STATES = (CREATED, IN_TRANSIT, OUT_FOR_DELIVERY, EXCEPTION, DELIVERED, RETURNING, RETURNED, CANCELED)
ON_THE_WAY = (IN_TRANSIT, OUT_FOR_DELIVERY, EXCEPTION)
OUTWARD = (CREATED, *ON_THE_WAY)
# What staff, files and carriers may report; CREATED and CANCELED are made in Saleor.
REPORTED = (IN_TRANSIT, OUT_FOR_DELIVERY, EXCEPTION, DELIVERED, RETURNING, RETURNED)


class Source(StrEnum):
    """Who reported an event."""

    STAFF = "STAFF"
    SALEOR = "SALEOR"
    CSV = "CSV"
    CARRIER = "CARRIER"


@dataclass(frozen=True)
class Scan:
    """Something that happened to a parcel. `external_id` makes it the same when it is told twice."""

    state: str
    at: datetime
    source: Source = Source.STAFF
    external_id: str = ""
    description: str = ""
    place: str = ""
