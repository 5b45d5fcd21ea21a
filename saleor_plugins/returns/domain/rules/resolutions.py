"""What may be had for the goods: money, store credit, other goods."""

from __future__ import annotations

from ..reasons import Resolution
from .fields import many, one_of
from .kind import REFUSE, Given, Kind, Verdict

NOT_OFFERED = "RESOLUTION_NOT_OFFERED"

_ALL = tuple(each.value for each in Resolution)


def decide(given: Given) -> Verdict:
    """Everything without a clause. Whoever may withdraw may have their money back."""
    offered = tuple(given.values["offer"]) if given.values else _ALL
    if given.right.open and Resolution.REFUND.value not in offered:
        offered = (Resolution.REFUND.value, *offered)
    wanted = given.line.resolution
    if wanted and wanted not in offered:
        return Verdict(NOT_OFFERED, f"{wanted} is not offered for this item.", offered, REFUSE)
    if given.values:
        return Verdict("OFFERED", f"Offered: {', '.join(offered)}.", offered)
    return Verdict("", "", offered)


KIND = Kind("resolutions", {"offer": many(one_of(_ALL))}, decide, needed=("offer",), yields=False)
