"""The law's own rule: may the customer withdraw from the contract for this line?"""

from __future__ import annotations

from ..policy import WINDOW_CLOSED
from . import law
from .kind import LAW, REFUSE, Given, Verdict

NAME = "law"
NO_RIGHT = "NO_WITHDRAWAL"
EXCEPTION = "EXCEPTION"
OPEN = "OPEN"


def decide(given: Given) -> Verdict:
    """Refuses nothing but a withdrawal that the law does not give."""
    line, right = given.line, given.right
    effect = REFUSE if given.facts.withdrawal else ""
    if not right.law:
        where = given.facts.country or "an unknown country"
        why = f"No right of withdrawal is known for {where}: the shop's own rules count."
        return Verdict(NO_RIGHT, why, effect=effect, by=LAW)
    until = (
        f"until {right.until.isoformat()}" if right.until else "until 14 days after the last parcel arrived"
    )
    if right.open:
        sealed = " while it is sealed" if right.exception in law.WHILE_SEALED else ""
        return Verdict(OPEN, f"{right.law}: may be withdrawn from{sealed} {until}.", by=LAW)
    if right.exception and right.exception not in law.WHILE_SEALED:
        why = f"{right.law}: no right of withdrawal, {right.exception} is an exception of the law."
        return Verdict(EXCEPTION, why, effect=effect, by=LAW)
    name = line.name or "This item"
    return Verdict(WINDOW_CLOSED, f"{name} could be withdrawn from {until}.", effect=effect, by=LAW)
