"""Adding up what two versions of the rules made of many requests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from saleor_plugins.kernel.money import from_minor

from ..rules.facts import Facts
from .judged import Judged, Outcome

Both = tuple[Judged, Judged]

_PARTS = {
    "fees": "percents",
    "keep": "keeps",
    "label": "label_fee",
    "payer": "customer_pays",
    "refund_on": "refund_on",
}


@dataclass
class Tally:
    """What one version came to. Amounts are minor units by currency.

    `fees` are kept of prices, `labels` of refunds for the label; `shop_pays` counts requests whose way back
    the shop pays, `kept` those with goods that the customer may keep, which are worth `kept_value`. What is
    refused earns and costs nothing.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    fees: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    refused_value: Counter[str] = field(default_factory=Counter)
    kept_value: Counter[str] = field(default_factory=Counter)
    kept: int = 0
    shop_pays: int = 0

    def add(self, judged: Judged, facts: Facts) -> None:
        """One more request."""
        self.outcomes[judged.outcome.value] += 1
        if judged.outcome is Outcome.REFUSED:
            self.refused_value[facts.currency] += facts.value or 0
            return
        self.shop_pays += not judged.customer_pays
        if judged.label_fee:
            self.labels[facts.currency] += judged.label_fee
        if any(judged.percents):
            self.fees[facts.currency] += judged.fees(facts)
        if any(judged.keeps):
            self.kept += 1
            self.kept_value[facts.currency] += judged.kept(facts)

    def told(self) -> dict[str, Any]:
        """As JSON, amounts as decimal strings."""
        return {
            **{outcome.value.lower(): self.outcomes[outcome.value] for outcome in Outcome},
            "kept": self.kept,
            "shop_pays": self.shop_pays,
            **{
                name: _amounts(getattr(self, name))
                for name in ("fees", "labels", "refused_value", "kept_value")
            },
        }


@dataclass(frozen=True)
class Change:
    """A request that becomes of something else: `why` in the words of the rules after."""

    number: str
    order_id: str
    before: Outcome
    after: Outcome
    what: tuple[str, ...]
    why: tuple[str, ...]


@dataclass
class Simulation:
    """All of it. `changed` counts requests of which anything is different, the first `changes` are listed.

    `by_country` and `by_reason` count requests by outcome before and after; one of several reasons counts in
    each of them.
    """

    most: int = 50
    requests: int = 0
    changed: int = 0
    before: Tally = field(default_factory=Tally)
    after: Tally = field(default_factory=Tally)
    by_country: dict[str, Counter[tuple[str, str]]] = field(default_factory=dict)
    by_reason: dict[str, Counter[tuple[str, str]]] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)

    def add(self, facts: Facts, both: Both, change: Callable[[Both], Change]) -> None:
        """One more request; `change` describes it when it is to be listed."""
        before, after = both
        self.requests += 1
        self.before.add(before, facts)
        self.after.add(after, facts)
        way = (before.outcome.value, after.outcome.value)
        self.by_country.setdefault(facts.country or "-", Counter())[way] += 1
        for reason in {line.reason for line in facts.lines}:
            self.by_reason.setdefault(reason, Counter())[way] += 1
        if before != after:
            self.changed += 1
            if len(self.changes) < self.most:
                self.changes.append(change(both))

    def told(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "requests": self.requests,
            "changed": self.changed,
            "before": self.before.told(),
            "after": self.after.told(),
            "by_country": _ways(self.by_country),
            "by_reason": _ways(self.by_reason),
            "changes": [
                {
                    "number": each.number,
                    "before": each.before.value,
                    "after": each.after.value,
                    "what": list(each.what),
                    "why": list(each.why),
                }
                for each in self.changes
            ],
        }


def differences(before: Judged, after: Judged) -> tuple[str, ...]:
    """What is different beside the outcome, by name."""
    return tuple(name for name, column in _PARTS.items() if getattr(before, column) != getattr(after, column))


def _ways(found: dict[str, Counter[tuple[str, str]]]) -> list[dict[str, Any]]:
    rows = []
    for name, ways in sorted(found.items(), key=lambda each: (-sum(each[1].values()), each[0])):
        row: dict[str, Any] = {"name": name, "requests": sum(ways.values())}
        for outcome in Outcome:
            row[f"{outcome.value.lower()}_before"] = sum(n for (a, _), n in ways.items() if a == outcome)
            row[f"{outcome.value.lower()}_after"] = sum(n for (_, b), n in ways.items() if b == outcome)
        rows.append(row)
    return rows


def _amounts(found: Counter[str]) -> dict[str, str]:
    return {code: str(from_minor(amount, code)) for code, amount in sorted(found.items()) if amount}
