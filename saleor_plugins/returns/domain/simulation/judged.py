"""What two versions of the rules make of the same request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from ..policy import Policy
from ..rules.book import Book
from ..rules.evaluate import evaluate
from ..rules.facts import Facts, LineFacts
from ..rules.law import Right, right_of
from ..rules.postage import CUSTOMER
from ..rules.refund_on import MOMENTS
from ..rules.terms import Finding, Terms
from .alike import Alike

# Classes of lines that are remembered; beyond them they are judged afresh.
MOST_REMEMBERED = 50_000


class Outcome(StrEnum):
    """What becomes of a request as it is made; of several lines the first that any of them comes to."""

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

    @classmethod
    def together(cls, lines: Sequence[Judged]) -> Judged:
        """What a request comes to whose lines were judged one by one, as `evaluate` puts them together."""
        if len(lines) == 1:
            return lines[0]
        outcomes = {each.outcome for each in lines}
        return cls(
            next(outcome for outcome in Outcome if outcome in outcomes),
            tuple(percent for each in lines for percent in each.percents),
            tuple(keep for each in lines for keep in each.keeps),
            max(each.label_fee for each in lines),
            any(each.customer_pays for each in lines),
            max((each.refund_on for each in lines), key=MOMENTS.index),
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


@dataclass(frozen=True, slots=True)
class Part(Facts):
    """A line of a request alone, which knows what the whole asks for."""

    whole: Facts | None = None

    @property
    def units(self) -> int:
        """Of the whole request."""
        return self.whole.units if self.whole else 0

    @property
    def value(self) -> int | None:
        """Of the whole request."""
        return self.whole.value if self.whole else None

    @classmethod
    def of(cls, facts: Facts, line: LineFacts) -> Part:
        """That line of the request."""
        given = {each.name: getattr(facts, each.name) for each in fields(Facts)}
        return cls(**{**given, "lines": (line,)}, whole=facts)


class Judge:
    """Judges requests by one version of the rules; lines that are alike are judged once."""

    def __init__(self, policy: Policy, book: Book):
        self.policy, self.book, self.alike = policy, book, Alike(policy, book)
        self._known: dict[Any, Judged] = {}

    def terms(self, facts: Facts) -> Terms:
        """All that the rules say."""
        return evaluate(self.book, self.policy, facts)

    def judge(self, facts: Facts, rights: Sequence[Right]) -> Judged:
        """What it comes to; `rights` are the law's, of each line."""
        head = self.alike.request(facts)
        pairs = zip(facts.lines, rights, strict=True)
        return Judged.together([self._line(head, facts, line, right) for line, right in pairs])

    def _line(self, head: Any, facts: Facts, line: LineFacts, right: Right) -> Judged:
        key = (head, self.alike.line(facts, line, right))
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            found = self._known[key] = Judged.by(self.terms(Part.of(facts, line)))
        return found


class Twins:
    """Judges requests by the rules `before` and those `after`."""

    def __init__(self, policy: Policy, before: Book, after: Book):
        self.before, self.after = Judge(policy, before), Judge(policy, after)

    def judge(self, facts: Facts) -> tuple[Judged, Judged]:
        """Both verdicts."""
        rights = [right_of(facts, line) for line in facts.lines]
        return self.before.judge(facts, rights), self.after.judge(facts, rights)

    def why(self, facts: Facts) -> tuple[str, ...]:
        """What the rules after say of the request that those before did not, in words."""
        before = {_said(each) for each in self.before.terms(facts).findings}
        terms = self.after.terms(facts)
        new = [each for each in terms.findings if _said(each) not in before]
        words = [terms.refused.why] if terms.refused else []
        return tuple(dict.fromkeys([*words, *terms.review, *(_words(each) for each in new)]))


def _outcome(terms: Terms) -> Outcome:
    if terms.refused:
        return Outcome.REFUSED
    return Outcome.APPROVED if terms.approve else Outcome.REVIEW


def _said(finding: Finding) -> tuple[str, ...]:
    return (finding.rule, finding.line, finding.verdict, finding.why)


def _words(finding: Finding) -> str:
    by = f"clause {finding.clause}" if finding.clause.isdigit() else finding.clause
    return f"{finding.rule} ({by}): {finding.why}"
