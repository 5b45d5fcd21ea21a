"""In how many days must approved goods be on their way?"""

from __future__ import annotations

from .fields import whole
from .kind import Given, Kind, Verdict, counted

EXPIRES, NEVER = "EXPIRES", "NEVER"


def decide(given: Given) -> Verdict:
    """The value is in days, 0 for never."""
    days = int(given.policy.expiry_days if given.values is None else given.values["days"])
    if not days:
        return Verdict(NEVER, "An approval never expires.", 0)
    return Verdict(EXPIRES, f"An approval expires {counted(days, 'day')} later.", days)


KIND = Kind("expiry", {"days": whole(0, 3650)}, decide, needed=("days",), asked=True)
