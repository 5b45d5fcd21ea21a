"""What two versions of the rules make of the same request."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from ..policy import Policy
from ..rules.book import Book
from ..rules.evaluate import evaluate
from ..rules.facts import Facts
from ..rules.postage import CUSTOMER
from ..rules.terms import Finding, LineTerms, Terms
from .alike import Alike

# Classes of requests that are remembered; beyond them they are judged afresh.
MOST_REMEMBERED = 50_000


class Outcome(StrEnum):
    """What becomes of a request the moment it is made."""

    REFUSED = "REFUSED"
    REVIEW = "REVIEW"
    APPROVED = "APPROVED"


class Judged(NamedTuple):
    """A request by one version of the rules: of each line what is kept of its price, whether it may stay."""

    outcome: Outcome
    percents: tuple[Decimal, ...]
    keeps: tuple[bool, ...]
    label_fee: int
    customer_pays: bool
    refund_on: str

    @classmethod
    def by(cls, terms: Terms) -> Judged:
        """What these terms come to."""
        return cls(
            _outcome(terms),
            tuple(line.fee_percent for line in terms.lines),
            tuple(line.keep for line in terms.lines),
            terms.label_fee,
            terms.payer == CUSTOMER,
            terms.refund_on,
        )

    def fees(self, facts: Facts) -> int:
        """What is kept of the prices, in minor units."""
        return sum(
            int((line.value * percent / 100).to_integral_value(ROUND_FLOOR))
            for line, percent in zip(facts.lines, self.percents, strict=True)
            if line.value and percent
        )

    def kept(self, facts: Facts) -> int:
        """What the goods are worth that the customer may keep, in minor units."""
        return sum(line.value or 0 for line, keep in zip(facts.lines, self.keeps, strict=True) if keep)


@dataclass
class Twins:
    """Judges requests by the rules `before` and those `after`."""

    policy: Policy
    before: Book
    after: Book

    def __post_init__(self) -> None:
        self.alike = Alike(self.policy, self.before, self.after)
        self._known: dict[Any, tuple[Judged, Judged]] = {}

    def judge(self, facts: Facts) -> tuple[Judged, Judged]:
        """Both verdicts; those of requests that are alike are made once."""
        key = self.alike.key(facts)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            found = self._known[key] = (
                Judged.by(evaluate(self.before, self.policy, facts)),
                Judged.by(evaluate(self.after, self.policy, facts)),
            )
        return found

    def why(self, facts: Facts) -> tuple[str, ...]:
        """What the rules after say of the request that those before did not, in words."""
        before = {_said(each) for each in evaluate(self.before, self.policy, facts).findings}
        terms = evaluate(self.after, self.policy, facts)
        new = [each for each in terms.findings if _said(each) not in before]
        refused: LineTerms | None = terms.refused
        words = [refused.why] if refused else []
        return tuple(dict.fromkeys([*words, *terms.review, *(_words(each) for each in new)]))


def _outcome(terms: Terms) -> Outcome:
    if terms.refused:
        return Outcome.REFUSED
    return Outcome.APPROVED if terms.approve else Outcome.REVIEW


def _said(finding: Finding) -> tuple[str, ...]:
    return (finding.rule, finding.line, finding.verdict, finding.why)


def _words(finding: Finding) -> str:
    by = f"clause {int(finding.clause) + 1}" if finding.clause.isdigit() else finding.clause
    return f"{finding.rule} ({by}): {finding.why}"
