"""Is a request approved at once, or by a person?"""

from __future__ import annotations

from .fields import switch
from .kind import Given, Kind, Verdict

AUTOMATIC, STAFF = "AUTOMATIC", "STAFF"


def decide(given: Given) -> Verdict:
    """The value says whether at once. What another rule wants looked at waits all the same."""
    automatic = bool(given.policy.auto_approve if given.values is None else given.values["automatic"])
    if automatic:
        return Verdict(AUTOMATIC, "Approved at once.", True)
    return Verdict(STAFF, "A person approves it.", False)


KIND = Kind("approve", {"automatic": switch}, decide, needed=("automatic",), asked=True)
