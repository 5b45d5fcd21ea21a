"""Requests judged again: what is remembered of a class holds for each of its members; what is told adds up."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from saleor_plugins.kernel.ids import to_global
from saleor_plugins.returns.domain.policy import Policy
from saleor_plugins.returns.domain.rules.book import EMPTY, Book
from saleor_plugins.returns.domain.rules.evaluate import evaluate
from saleor_plugins.returns.domain.rules.facts import Facts, History, LineFacts
from saleor_plugins.returns.domain.simulation.judged import Judged, Outcome, Twins
from saleor_plugins.returns.domain.simulation.tally import Change, Simulation, differences

SHOES, HATS = to_global("Category", 1), to_global("Category", 2)
PRODUCT, TYPE = to_global("Product", 1), to_global("ProductType", 1)
TODAY = date(2026, 12, 21)

AMOUNTS = st.dictionaries(
    st.sampled_from(["EUR", "USD"]), st.sampled_from(["5.00", "9.00", "20.00"]), min_size=1
)
WHEN = st.fixed_dictionaries(
    {},
    optional={
        "categories": st.just([SHOES]),
        "products": st.just([PRODUCT]),
        "product_types": st.just([TYPE]),
        "countries": st.sampled_from([["EU"], ["US", "DE"], ["GB"]]),
        "channels": st.just(["b2b"]),
        "customer_groups": st.just(["vip"]),
        "metadata": st.just({"season": "summer"}),
        "minimum_price": AMOUNTS,
    },
)
ASKED = st.fixed_dictionaries(
    {},
    optional={
        "reasons": st.sampled_from([["DEFECTIVE"], ["CHANGED_MIND", "STYLE"]]),
        "resolutions": st.just(["EXCHANGE"]),
        "countries": st.just(["EU"]),
    },
)
THEN = st.sampled_from(["REVIEW", "REFUSE"])
FEW = st.integers(1, 4)


def clauses(when: Any = WHEN, **values: Any) -> Any:
    return st.lists(st.fixed_dictionaries({**values, "when": when}), max_size=2)


BOOKS = st.fixed_dictionaries(
    {},
    optional={
        "window": clauses(days=st.sampled_from([7, 14, 30])),
        "final_sale": clauses(final=st.booleans(), faulty_too=st.booleans()),
        "serial": clauses(days=st.sampled_from([30, 90]), returns=FEW, units=FEW, value=AMOUNTS, then=THEN),
        "quantity": clauses(ASKED, per_line=FEW, per_request=FEW, then=THEN),
        "value": clauses(ASKED, most=AMOUNTS, then=THEN),
        "approve": clauses(ASKED, automatic=st.booleans()),
        "fees": clauses(ASKED, percent=st.sampled_from(["0", "10"])),
        "postage": clauses(
            ASKED, payer=st.sampled_from(["CUSTOMER", "MERCHANT"]), amounts=AMOUNTS, withdrawals=st.booleans()
        ),
        "keep": clauses(ASKED, below=AMOUNTS),
        "refund_on": clauses(ASKED, moment=st.sampled_from(["SCAN", "INSPECTION"])),
        "resolutions": clauses(offer=st.sampled_from([["REFUND"], ["STORE_CREDIT", "EXCHANGE"]])),
        "reasons": clauses(offer=st.sampled_from([["DEFECTIVE"], ["CHANGED_MIND", "DEFECTIVE"]])),
    },
).map(Book.read)

LINES = st.builds(
    LineFacts,
    st.sampled_from(["a", "b"]),
    quantity=st.integers(1, 4),
    value=st.sampled_from([None, 499, 500, 501, 899, 900, 1999, 2000, 2001]),
    price=st.sampled_from([None, 499, 500, 900, 2000]),
    since=st.sampled_from(
        [None, *(TODAY - timedelta(days=days) for days in (0, 7, 8, 14, 15, 16, 17, 30, 31))]
    ),
    product_id=st.sampled_from([PRODUCT, "other"]),
    product_type_id=st.sampled_from([TYPE, "other"]),
    categories=st.sampled_from([frozenset(), frozenset({SHOES}), frozenset({HATS})]),
    metadata=st.sampled_from([{}, {"season": "Summer"}, {"withdrawal_exception": "CUSTOM_MADE"}]),
    digital=st.booleans(),
    reason=st.sampled_from(["DEFECTIVE", "CHANGED_MIND", "WITHDRAWAL"]),
    resolution=st.sampled_from(["REFUND", "EXCHANGE"]),
)
PAST = st.builds(History, st.integers(0, 4), st.integers(0, 4), st.sampled_from([0, 500, 900]))
REQUESTS = st.builds(
    Facts,
    st.sampled_from(["EUR", "USD"]),
    st.just(TODAY),
    st.lists(LINES, min_size=1, max_size=2).map(tuple),
    received=st.sampled_from(
        [None, TODAY - timedelta(days=5), TODAY - timedelta(days=15), TODAY - timedelta(days=40)]
    ),
    country=st.sampled_from(["DE", "FR", "US", "GB", ""]),
    channel=st.sampled_from(["b2b", "shop"]),
    groups=st.sampled_from([frozenset(), frozenset({"vip", "x"})]),
    withdrawal=st.booleans(),
    by_staff=st.booleans(),
    method=st.sampled_from(["", "OWN"]),
    history=st.fixed_dictionaries({30: PAST, 90: PAST}),
)


def neighbours(facts: Facts) -> list[Facts]:
    """Requests that differ a little: many of them are alike, some only seem to be."""
    line = facts.lines[0]
    changed = [
        replace(line, value=(line.value or 0) + 1),
        replace(line, value=(line.value or 0) + 400),
        replace(line, quantity=line.quantity + 1),
        replace(line, price=(line.price or 0) + 1),
        replace(line, since=line.since and line.since - timedelta(days=1)),
        replace(line, product_id="third", name="Another"),
        replace(line, metadata={**line.metadata, "x": "y"}),
    ]
    return [facts, *(replace(facts, lines=(each, *facts.lines[1:])) for each in changed)]


@settings(max_examples=100, deadline=None)
@given(st.lists(REQUESTS, min_size=1, max_size=6), BOOKS, BOOKS, st.booleans())
def test_what_is_remembered_is_what_each_would_be_judged(
    requests: list[Facts], before: Book, after: Book, automatic: bool
) -> None:
    policy = Policy(window_days=30, auto_approve=automatic, label_fee="4.90")
    twins = Twins(policy, before, after)
    for request in requests:
        for facts in neighbours(request):
            found = twins.judge(facts)
            assert found == tuple(Judged.by(evaluate(book, policy, facts)) for book in (before, after))


def test_alike_requests_are_judged_once(monkeypatch: Any) -> None:
    from saleor_plugins.returns.domain.simulation import judged

    calls: Counter[str] = Counter()

    def counted(*arguments: Any) -> Any:
        calls["evaluate"] += 1
        return evaluate(*arguments)

    monkeypatch.setattr(judged, "evaluate", counted)
    twins = Twins(Policy(), EMPTY, Book.read({"keep": [{"below": {"EUR": "9.00"}}]}))
    for value in (100, 200, 899):
        twins.judge(request(value=value))
    assert calls["evaluate"] == 2
    twins.judge(request(value=900))
    assert calls["evaluate"] == 3


def request(**line: Any) -> Facts:
    values = {"value": 1001, "price": 1001, "since": TODAY, "reason": "CHANGED_MIND", "resolution": "REFUND"}
    return Facts("EUR", TODAY, (LineFacts("a", name="Hat", **{**values, **line}),), country="US")


def test_a_difference_is_counted_and_explained() -> None:
    after = Book.read(
        {
            "window": [{"days": 10}],
            "approve": [{"automatic": True}],
            "fees": [{"percent": "10"}],
            "keep": [{"below": {"EUR": "5.00"}}],
            "postage": [{"payer": "CUSTOMER", "amounts": {"EUR": "4.90"}}],
        }
    )
    twins, found = Twins(Policy(), EMPTY, after), Simulation(most=2)
    asked = [request(), request(since=TODAY - timedelta(days=11)), request(value=499), request(since=None)]
    for n, facts in enumerate(asked):
        found.add(facts, twins.judge(facts), lambda both, f=facts, n=n: change(twins, f, n, *both))
    told = found.told()
    assert (told["requests"], told["changed"]) == (4, 4)
    assert (told["before"]["review"], told["before"]["refused"], told["before"]["shop_pays"]) == (4, 0, 4)
    assert (told["after"]["approved"], told["after"]["refused"], told["after"]["kept"]) == (3, 1, 1)
    # 10 % of 10.01 twice and of 4.99, rounded down each; nothing of what is refused.
    assert told["after"]["fees"] == {"EUR": "2.49"}
    assert told["after"]["labels"] == {"EUR": "14.70"}
    assert told["after"]["refused_value"] == {"EUR": "10.01"}
    assert told["after"]["kept_value"] == {"EUR": "4.99"}
    assert [row["number"] for row in told["changes"]] == ["0", "1"]
    refused = told["changes"][1]
    assert (refused["before"], refused["after"]) == ("REVIEW", "REFUSED")
    assert refused["why"][0] == "Hat could be returned until 2026-12-20."
    assert told["by_country"] == [
        {
            "name": "US", "requests": 4, "refused_before": 0, "refused_after": 1, "review_before": 4,
            "review_after": 0, "approved_before": 0, "approved_after": 3,
        }
    ]  # fmt: skip
    assert [row["name"] for row in told["by_reason"]] == ["CHANGED_MIND"]


def change(twins: Twins, facts: Facts, n: int, before: Judged, after: Judged) -> Change:
    return Change(f"{n}", "", before.outcome, after.outcome, differences(before, after), twins.why(facts))


def test_the_same_rules_change_nothing() -> None:
    book = Book.read({"window": [{"days": 10}], "fees": [{"percent": "10"}]})
    twins, found = (
        Twins(Policy(), book, Book.read({"window": [{"days": 10}], "fees": [{"percent": "10"}]})),
        Simulation(),
    )
    for days in range(20):
        facts = request(since=TODAY - timedelta(days=days))
        found.add(facts, twins.judge(facts), lambda both: (_ for _ in ()).throw(AssertionError))
    assert found.changed == 0
    assert found.before.told() == found.after.told()
    assert found.before.outcomes[Outcome.REFUSED.value] == 9


def test_parts_that_differ_are_named() -> None:
    one = Judged(Outcome.APPROVED, (Decimal(0),), (False,), 0, False, "STAFF")
    assert differences(one, one) == ()
    other = Judged(Outcome.REVIEW, (Decimal(10),), (True,), 490, True, "SCAN")
    assert differences(one, other) == ("fees", "keep", "label", "payer", "refund_on")
