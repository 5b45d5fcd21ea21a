"""All rules together, line by line, each with its reason: one function offers, judges and simulates."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from ..policy import Policy
from ..reasons import Reason
from . import withdrawal
from .book import KINDS, Book
from .facts import Facts, LineFacts
from .kind import LAW, REFUSE, REVIEW, SETTINGS, Given, Verdict
from .law import DAYS, REFUND_DAYS, Right, law_of, right_of
from .postage import CUSTOMER, MERCHANT, OWN
from .reasons import Evidence
from .refund_on import MOMENTS, STAFF
from .terms import ALL_LINES, Finding, LineTerms, Terms
from .window import Window

_WITHDRAWAL = (Evidence(Reason.WITHDRAWAL.value),)


class Said(NamedTuple):
    """What one rule said of a line, and which clause of it, "settings" or "law"."""

    rule: str
    clause: str
    verdict: Verdict


class Judged(NamedTuple):
    """A line with what all rules said of it; `values` are their values by rule."""

    line: LineFacts
    right: Right
    said: list[Said]
    values: dict[str, Any]
    review: list[str]
    terms: LineTerms


def evaluate(book: Book, policy: Policy, facts: Facts) -> Terms:
    """What `book` makes of the request, `policy` where it is silent, the law above both."""
    lines = [_judge(book, policy, facts, line) for line in facts.lines]
    review = tuple(dict.fromkeys(why for each in lines for why in each.review))
    refused = any(each.terms.refused for each in lines)
    # Of what the law decides the merchant's rules have said nothing.
    automatic = all(each.values.get("approve", True) for each in lines)
    postage = [each.values["postage"] for each in lines]
    return Terms(
        currency=facts.currency,
        law=law_of(facts.country),
        withdrawal=facts.withdrawal,
        lines=tuple(each.terms for each in lines),
        approve=automatic and not review and not refused,
        review=review,
        payer=CUSTOMER if any(each.payer == CUSTOMER for each in postage) else MERCHANT,
        label_fee=max((each.fee for each in postage), default=0),
        methods=_methods(facts, [each.values["methods"] for each in lines]),
        expiry_days=_expiry([each.values.get("expiry", 0) for each in lines]),
        refund_on=_latest([each.values["refund_on"] for each in lines]),
        refund_due=facts.today + timedelta(days=REFUND_DAYS) if facts.withdrawal else None,
        findings=_findings(lines),
    )


def _judge(book: Book, policy: Policy, facts: Facts, line: LineFacts) -> Judged:
    right = right_of(facts, line)
    # Whoever says that they withdraw does, in whatever form.
    by_law = facts.withdrawal or (right.open and line.reason == Reason.WITHDRAWAL)
    without = Given(line, facts, policy, right, None)
    said = [Said(withdrawal.NAME, LAW, withdrawal.decide(without))]
    for kind in KINDS:
        if by_law and kind.yields:
            continue
        clause = book.first(kind.name, line, facts)
        verdict = kind.decide(without._replace(values=clause.values) if clause else without)
        if verdict:
            said.append(Said(kind.name, verdict.by or (clause.label if clause else SETTINGS), verdict))
    values = {each.rule: each.verdict.value for each in said}
    review, refused, unless_fault = _effects(facts, line, said)
    terms = _line(line, right, values, refused, unless_fault)
    return Judged(line, right, said, values, review, terms)


def _effects(
    facts: Facts, line: LineFacts, said: list[Said]
) -> tuple[list[str], Verdict | None, Verdict | None]:
    """Why a person is to look, what refuses the line, and what does unless it is the shop's fault.

    Staff are refused nothing, a person looks instead; so it is with faults that a refusal is not for.
    """
    review: list[str] = []
    refused: Verdict | None = None
    unless_fault: Verdict | None = None
    for _, _, verdict in said:
        if not verdict.effect:
            continue
        if verdict.effect == REVIEW or facts.by_staff:
            review.append(verdict.why)
        elif verdict.effect == REFUSE or (line.reason and not Reason(line.reason).fault):
            refused = refused or verdict
        elif line.reason:
            review.append(verdict.why)
        else:
            unless_fault = unless_fault or verdict
    return review, refused, unless_fault


def _line(
    line: LineFacts,
    right: Right,
    values: dict[str, Any],
    refused: Verdict | None,
    unless_fault: Verdict | None,
) -> LineTerms:
    reasons: tuple[Evidence, ...] = values.get("reasons", _WITHDRAWAL)
    if unless_fault:
        reasons = tuple(each for each in reasons if Reason(each.code).fault)
        refused = refused or (None if reasons else unless_fault)
    mine = next((each for each in reasons if each.code == line.reason), None)
    window: Window = values.get("window") or Window(DAYS, right.until)
    final = bool(values.get("final_sale"))
    return LineTerms(
        line_id=line.line_id,
        refused=refused.code if refused else "",
        why=refused.why if refused else "",
        only_faults=unless_fault is not None,
        since=line.since,
        until=right.until if final and right.open else window.until,
        window_days=window.days,
        final_sale=final,
        withdrawal=right.open,
        withdrawal_until=right.until,
        exception=right.exception,
        most=values.get("quantity"),
        reasons=reasons,
        resolutions=values["resolutions"],
        photos=mine.photos if mine else 0,
        note=bool(mine and mine.note),
        fee_percent=values.get("fees") or Decimal(0),
        postage=values["postage"].fee > 0,
        keep=bool(values.get("keep")),
    )


def _methods(facts: Facts, offered: list[tuple[str, ...]]) -> tuple[str, ...]:
    """What every line may travel by; for a withdrawal always a carrier of the customer's own."""
    first, *others = offered or [(OWN,)]
    found = tuple(method for method in first if all(method in each for each in others))
    if not found or (facts.withdrawal and OWN not in found):
        return (*found, OWN)
    return found


def _expiry(days: list[int]) -> int:
    """The longest, 0 for never."""
    return max(days, default=0) if all(days) else 0


def _latest(moments: list[str]) -> str:
    return max(moments, key=MOMENTS.index, default=STAFF)


def _findings(lines: list[Judged]) -> tuple[Finding, ...]:
    """What was said, once where it is the same for every line."""
    found: dict[tuple[str, str, str, str], list[str]] = {}
    for each in lines:
        for rule, clause, verdict in each.said:
            if verdict.code:
                found.setdefault((rule, clause, verdict.code, verdict.why), []).append(each.line.line_id)
    return tuple(
        Finding(rule, clause, line, code, why)
        for (rule, clause, code, why), named in found.items()
        for line in ([ALL_LINES] if len(named) == len(lines) else named)
    )
