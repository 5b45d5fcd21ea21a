"""When is the money given: as a carrier scans the parcel, as the goods are judged, or when staff say so?"""

from __future__ import annotations

from .fields import one_of
from .kind import Given, Kind, Verdict

SCAN, INSPECTION, STAFF = "SCAN", "INSPECTION", "STAFF"
# From the earliest to the latest: where lines differ, the latest counts for all.
MOMENTS = (SCAN, INSPECTION, STAFF)
_WORDS = {
    SCAN: "The refund is given when a carrier has the parcel.",
    INSPECTION: "The refund is given when the goods were accepted.",
    STAFF: "Staff give the refund.",
}


def decide(given: Given) -> Verdict:
    """The value is the moment."""
    moment = given.values["moment"] if given.values else STAFF
    return Verdict(moment, _WORDS[moment], moment)


KIND = Kind("refund_on", {"moment": one_of(MOMENTS)}, decide, needed=("moment",), asked=True, yields=False)
