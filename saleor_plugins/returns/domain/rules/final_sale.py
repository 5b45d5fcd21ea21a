"""What is sold for good. Faulty goods may be asked back all the same, unless the clause says otherwise."""

from __future__ import annotations

from .fields import switch
from .kind import LAW, REFUSE, REFUSE_UNLESS_FAULT, Given, Kind, Verdict

FINAL_SALE = "FINAL_SALE"
WITHDRAWABLE = "WITHDRAWABLE"


def decide(given: Given) -> Verdict | None:
    """A sale is no exception of the law: as long as that gives a right, nothing is final."""
    if given.values is None or not given.values["final"]:
        return None
    if given.right.open:
        until = given.right.until
        last = f" until {until.isoformat()}" if until else ""
        return Verdict(
            WITHDRAWABLE, f"Final sale, but the law's right of withdrawal holds{last}.", True, by=LAW
        )
    effect = REFUSE if given.values.get("faulty_too") else REFUSE_UNLESS_FAULT
    return Verdict(FINAL_SALE, "Final sale: it cannot be returned.", True, effect)


KIND = Kind("final_sale", {"final": switch, "faulty_too": switch}, decide, needed=("final",))
