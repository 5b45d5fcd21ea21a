"""How may the goods travel back?"""

from __future__ import annotations

from .fields import many, one_of
from .kind import Given, Kind, Verdict

LABEL, QR, DROP_OFF, OWN = "LABEL", "QR", "DROP_OFF", "OWN"
METHODS = (LABEL, QR, DROP_OFF, OWN)


def decide(given: Given) -> Verdict:
    """What the clause offers of what the shop can do; everything that it can without a clause.

    A counter to drop goods off at only where a clause says that there is one. Something is always left.
    """
    can = given.facts.methods
    if given.values is None:
        return Verdict("", "", tuple(method for method in METHODS if method in can))
    offered = given.values["offer"]
    found = tuple(method for method in METHODS if method in offered and (method in can or method == DROP_OFF))
    if not found:
        return Verdict("OFFERED", "What the rule offers is not set up: own carrier.", (OWN,))
    return Verdict("OFFERED", f"Offered: {', '.join(found)}.", found)


KIND = Kind("methods", {"offer": many(one_of(METHODS))}, decide, needed=("offer",), yields=False)
