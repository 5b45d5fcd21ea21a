"""What a simulation tells: it is a dict, as `Simulation.told` makes it."""

from __future__ import annotations

from typing import Any

import graphene

from ..domain.simulation.judged import Outcome
from .money import Money, count, many

ReturnOutcome = graphene.Enum("ReturnOutcome", [(each.value, each.value) for each in Outcome])


class SimulationSide(graphene.ObjectType):
    """What one version of the rules comes to. What is refused earns and costs nothing."""

    refused = count()
    review = count("A person has to look.")
    approved = count("At once.")
    kept = count("With goods that the customer may keep.")
    shop_pays = count("Whose way back the shop pays.")
    fees = many(Money, "Kept of prices.")
    labels = many(Money, "Kept of refunds for the label.")
    refused_value = many(Money, "What the refused goods were paid.")
    kept_value = many(Money, "What the goods were paid that customers may keep.")

    def resolve_fees(side: Any, info: Any) -> list[Money]:
        return _amounts(side["fees"])

    def resolve_labels(side: Any, info: Any) -> list[Money]:
        return _amounts(side["labels"])

    def resolve_refused_value(side: Any, info: Any) -> list[Money]:
        return _amounts(side["refused_value"])

    def resolve_kept_value(side: Any, info: Any) -> list[Money]:
        return _amounts(side["kept_value"])


class SimulationRow(graphene.ObjectType):
    """Requests of a country, or for a reason, by outcome."""

    name = graphene.String(required=True)
    requests = count()
    refused_before = count()
    refused_after = count()
    review_before = count()
    review_after = count()
    approved_before = count()
    approved_after = count()


class SimulationChange(graphene.ObjectType):
    """A request that becomes of something else."""

    number = graphene.String(required=True)
    before = graphene.Field(ReturnOutcome, required=True)
    after = graphene.Field(ReturnOutcome, required=True)
    what = many(graphene.String, "What else differs: fees, keep, label, payer, refund_on.")
    why = many(graphene.String, "What the rules after say that those before do not.")


class Simulation(graphene.ObjectType):
    """Past requests by the rules in use (before) and by others (after), under the settings of today."""

    requests = count("Judged.")
    changed = count("Of which anything differs.")
    before = graphene.Field(SimulationSide, required=True)
    after = graphene.Field(SimulationSide, required=True)
    by_country = many(SimulationRow, "Most requests first; - for an unknown country.")
    by_reason = many(SimulationRow, "A request for several reasons counts in each of them.")
    changes = many(SimulationChange, "The first 50.")


def _amounts(found: dict[str, str]) -> list[Money]:
    return [Money(amount=amount, currency=code) for code, amount in found.items()]
