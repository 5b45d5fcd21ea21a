"""How much may one request be worth?"""

from __future__ import annotations

from saleor_plugins.kernel.money import from_minor

from .fields import amounts, one_of
from .kind import REVIEW, THEN, Given, Kind, Verdict

TOO_MUCH = "TOO_MUCH"
UNKNOWN = "UNKNOWN_VALUE"


def decide(given: Given) -> Verdict | None:
    """Above the amount a person looks, or it is refused. A currency without an amount has no limit."""
    facts = given.facts
    if given.values is None or not facts.asked:
        return None
    most = given.values["most"].get(facts.currency)
    if most is None:
        return None
    value = facts.value
    if value is None:
        return Verdict(UNKNOWN, "Nobody has said yet what was paid for it.", effect=REVIEW)
    if value <= most:
        return None
    limit = f"{from_minor(most, facts.currency)} {facts.currency}"
    return Verdict(TOO_MUCH, f"Worth more than {limit}.", effect=given.values.get("then", REVIEW))


KIND = Kind("value", {"most": amounts, "then": one_of(THEN)}, decide, needed=("most",), asked=True)
