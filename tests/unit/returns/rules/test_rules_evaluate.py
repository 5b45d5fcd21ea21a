"""Rules one by one and together: which clause wins, what it decides, and that the law stands above all."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_plugins.kernel.clock import day_of
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.returns.domain.policy import Policy, start_of
from saleor_plugins.returns.domain.reasons import Reason, Resolution
from saleor_plugins.returns.domain.rules.book import EMPTY, KINDS, Book
from saleor_plugins.returns.domain.rules.evaluate import evaluate
from saleor_plugins.returns.domain.rules.facts import Facts, History, LineFacts
from saleor_plugins.returns.domain.rules.terms import Finding, Terms

TODAY = date(2026, 3, 10)
CATEGORY, OTHER = to_global("Category", 1), to_global("Category", 2)
SHIRT = LineFacts(
    "L1", "Shirt", 2, value=4000, price=2000, since=date(2026, 3, 1),
    product_id=to_global("Product", 1), product_type_id=to_global("ProductType", 1),
    categories=frozenset({CATEGORY}), metadata={"Colour": "Red", "sale": " Yes "},
    reason="TOO_SMALL", resolution="REFUND",
)  # fmt: skip
AMERICAN = Facts("USD", TODAY, (SHIRT,), received=date(2026, 3, 1), country="US", channel="web",
                 groups=frozenset({"gold"}))  # fmt: skip
GERMAN = replace(AMERICAN, country="DE", currency="EUR")


def judge(document: dict[str, Any], facts: Facts = AMERICAN, policy: Policy = Policy()) -> Terms:
    return evaluate(Book.read(document), policy, facts)


def said(terms: Terms, rule: str) -> list[tuple[str, str, str]]:
    return [(each.clause, each.line, each.verdict) for each in terms.findings if each.rule == rule]


def line(**changes: Any) -> Facts:
    return replace(AMERICAN, lines=(replace(SHIRT, **changes),))


@pytest.mark.parametrize(
    ("when", "fits"),
    [
        ({}, True),
        ({"categories": [OTHER, CATEGORY]}, True),
        ({"categories": [OTHER]}, False),
        ({"products": [SHIRT.product_id]}, True),
        ({"products": [to_global("Product", 2)]}, False),
        ({"product_types": [SHIRT.product_type_id]}, True),
        ({"product_types": [to_global("ProductType", 2)]}, False),
        ({"countries": ["US"]}, True),
        ({"countries": ["EU"]}, False),
        ({"channels": ["web"]}, True),
        ({"channels": ["shop"]}, False),
        ({"customer_groups": ["silver", "gold"]}, True),
        ({"customer_groups": ["silver"]}, False),
        ({"metadata": {"sale": "yes"}}, True),
        ({"metadata": {"sale": "yes", "Colour": "blue"}}, False),
        ({"minimum_price": {"USD": "20.00"}}, True),
        ({"minimum_price": {"USD": "20.01"}}, False),
        ({"minimum_price": {"EUR": "1"}}, False),
        ({"countries": ["US"], "channels": ["shop"]}, False),
    ],
)
def test_a_clause_fits_when_all_its_conditions_hold(when: dict[str, Any], fits: bool) -> None:
    terms = judge({"window": [{"when": when, "days": 99}]})
    assert (terms.lines[0].window_days == 99) is fits
    assert said(terms, "window") == [("0" if fits else "settings", "", "OPEN")]


def test_eu_in_a_condition_is_every_country_of_its_law() -> None:
    document = {"window": [{"when": {"countries": ["EU"]}, "days": 99}]}
    for country, days in (("DE", 99), ("NO", 99), ("GB", 30)):
        assert judge(document, replace(GERMAN, country=country)).lines[0].window_days == days


def test_the_first_clause_that_fits_wins_then_the_settings() -> None:
    document = {"window": [{"when": {"channels": ["shop"]}, "days": 1}, {"days": 2}, {"days": 3}]}
    assert said(judge(document), "window") == [("1", "", "WINDOW_CLOSED")]
    assert judge({}, policy=Policy(window_days=9)).lines[0].until == date(2026, 3, 10)


def test_an_unknown_price_is_no_price() -> None:
    document = {"window": [{"when": {"minimum_price": {"USD": "0"}}, "days": 99}]}
    assert judge(document, line(price=None)).lines[0].window_days == 30


def test_a_window_counts_whole_days() -> None:
    assert not judge({"window": [{"days": 9}]}).refused
    refused = judge({"window": [{"days": 8}]}).refused
    assert refused and (refused.refused, refused.until) == ("WINDOW_CLOSED", date(2026, 3, 9))
    assert "Shirt" in refused.why and "2026-03-09" in refused.why
    assert not judge({"window": [{"days": 0}]}, line(since=None)).refused


@pytest.mark.parametrize(
    ("reason", "document", "code"),
    [
        ("TOO_SMALL", {"final": True}, "FINAL_SALE"),
        ("DEFECTIVE", {"final": True}, ""),
        ("DEFECTIVE", {"final": True, "faulty_too": True}, "FINAL_SALE"),
        ("TOO_SMALL", {"final": False}, ""),
    ],
)
def test_a_final_sale_is_not_for_faults(reason: str, document: dict[str, Any], code: str) -> None:
    terms = judge({"final_sale": [document], "approve": [{"automatic": True}]}, line(reason=reason))
    assert terms.lines[0].refused == code
    assert terms.approve is (document["final"] is False)


def test_the_law_knows_no_final_sale() -> None:
    terms = judge({"final_sale": [{"final": True, "faulty_too": True}], "window": [{"days": 60}]}, GERMAN)
    # Until the law's right is over, not until the window is.
    assert (terms.lines[0].refused, terms.lines[0].until) == ("", date(2026, 3, 16))
    assert said(terms, "final_sale") == [("law", "", "WITHDRAWABLE")]
    later = replace(GERMAN, today=date(2026, 3, 17))
    refused = judge({"final_sale": [{"final": True}], "window": [{"days": 60}]}, later).refused
    assert refused and refused.refused == "FINAL_SALE"


def test_an_exception_of_the_law_leaves_the_rules() -> None:
    marked = replace(SHIRT, metadata={"withdrawal_exception": "CUSTOM_MADE"})
    terms = judge({"final_sale": [{"final": True}]}, replace(GERMAN, lines=(marked,)))
    assert terms.refused and terms.lines[0].exception == "CUSTOM_MADE"


@pytest.mark.parametrize(
    ("clause", "code"),
    [
        ({"per_line": 2}, ""),
        ({"per_line": 1}, "TOO_MANY"),
        ({"per_request": 1}, "TOO_MANY"),
        ({"per_request": 2}, ""),
        ({"per_line": 1, "then": "REVIEW"}, ""),
    ],
)
def test_quantities(clause: dict[str, Any], code: str) -> None:
    terms = judge({"quantity": [clause], "approve": [{"automatic": True}]})
    assert terms.lines[0].refused == code
    assert terms.approve is (not code and "then" not in clause)


def test_an_offer_tells_the_limit_and_is_not_refused_by_it() -> None:
    offered = replace(AMERICAN, asked=False, lines=(replace(SHIRT, quantity=9, reason="", resolution=""),))
    terms = judge({"quantity": [{"per_line": 3, "per_request": 2}]}, offered)
    assert (terms.refused, terms.lines[0].most) == (None, 2)


@pytest.mark.parametrize(
    ("most", "then", "refused", "approve"),
    [("40.00", "REFUSE", False, True), ("39.99", "REFUSE", True, False), ("39.99", "REVIEW", False, False)],
)
def test_values(most: str, then: str, refused: bool, approve: bool) -> None:
    terms = judge({"value": [{"most": {"USD": most}, "then": then}], "approve": [{"automatic": True}]})
    assert (bool(terms.refused), terms.approve) == (refused, approve)


def test_a_value_nobody_knows_is_looked_at_and_never_kept() -> None:
    document = {"value": [{"most": {"USD": "9999"}}], "keep": [{"below": {"USD": "9999"}}]}
    terms = judge(document | {"approve": [{"automatic": True}]}, line(value=None))
    assert (terms.approve, terms.kept, len(terms.review)) == (False, (), 1)


def test_reasons_and_their_evidence() -> None:
    document = {
        "reasons": [{"offer": ["TOO_SMALL", "DAMAGED"], "photos": {"TOO_SMALL": 2}, "note": ["DAMAGED"]}]
    }
    mine = judge(document).lines[0]
    assert (mine.photos, mine.note, mine.refused) == (2, False, "")
    assert judge(document, line(reason="STYLE")).lines[0].refused == "REASON_NOT_OFFERED"
    offered = judge(document, replace(line(reason="", resolution=""), asked=False)).lines[0].reasons
    assert offered == (("TOO_SMALL", 2, False), ("DAMAGED", 0, True))


def test_withdrawal_is_a_reason_only_where_it_is_a_right() -> None:
    assert judge({}, line(reason="WITHDRAWAL")).lines[0].refused == "REASON_NOT_OFFERED"
    german = replace(GERMAN, lines=(replace(SHIRT, reason="WITHDRAWAL"),))
    assert not judge({"reasons": [{"offer": ["STYLE"]}], "fees": [{"percent": "50"}]}, german).refused
    assert judge({"fees": [{"percent": "50"}]}, german).lines[0].fee_percent == 0


def test_resolutions() -> None:
    document = {"resolutions": [{"offer": ["STORE_CREDIT"]}]}
    assert judge(document).lines[0].refused == "RESOLUTION_NOT_OFFERED"
    # Whoever may withdraw may have their money.
    assert judge(document, GERMAN).lines[0].resolutions == ("REFUND", "STORE_CREDIT")


@pytest.mark.parametrize("reason", [each for each in Reason if each.fault])
def test_faults_cost_the_customer_nothing(reason: Reason) -> None:
    document = {"fees": [{"percent": "50"}], "postage": [{"payer": "CUSTOMER", "amounts": {"USD": "5"}}]}
    terms = judge(document, line(reason=reason.value))
    assert (terms.lines[0].fee_percent, terms.label_fee, terms.payer) == (0, 0, "MERCHANT")
    other = judge(document)
    assert (other.lines[0].fee_percent, other.label_fee, other.payer) == (Decimal(50), 500, "CUSTOMER")


def test_nobody_who_may_withdraw_pays_a_fee_whatever_they_call_it() -> None:
    terms = judge({"fees": [{"percent": "50"}]}, GERMAN)
    assert terms.lines[0].fee_percent == 0 and terms.by_law
    assert said(terms, "fees") == [("law", "", "FREE")]
    later = judge(
        {"fees": [{"percent": "50"}], "window": [{"days": 60}]}, replace(GERMAN, today=date(2026, 3, 17))
    )
    assert later.lines[0].fee_percent == 50 and not later.by_law
    both = (SHIRT, replace(SHIRT, line_id="L2", metadata={"withdrawal_exception": "CUSTOM_MADE"}))
    mixed = judge({"fees": [{"percent": "50"}]}, replace(GERMAN, lines=both))
    assert [row.fee_percent for row in mixed.lines] == [0, 50] and not mixed.by_law


def test_postage_by_currency_and_method() -> None:
    document = {"postage": [{"payer": "CUSTOMER", "amounts": {"EUR": "5"}}]}
    assert judge(document).payer == "MERCHANT"
    document = {"postage": [{"payer": "CUSTOMER", "amounts": {"USD": "5"}}]}
    own = judge(document, replace(AMERICAN, method="OWN"))
    assert (own.payer, own.label_fee, own.lines[0].postage) == ("CUSTOMER", 0, False)
    assert judge({}, policy=Policy(label_fee="4.999")).label_fee == 499


def test_one_label_a_return_the_dearest_and_only_of_those_who_bear_it() -> None:
    lines = (
        SHIRT,
        replace(SHIRT, line_id="L2", reason="DEFECTIVE"),
        replace(SHIRT, line_id="L3", product_id="x"),
    )
    document = {
        "postage": [
            {"when": {"products": [SHIRT.product_id]}, "payer": "CUSTOMER", "amounts": {"USD": "5"}},
            {"payer": "CUSTOMER", "amounts": {"USD": "9"}},
        ]
    }
    terms = judge(document, replace(AMERICAN, lines=lines))
    assert (terms.label_fee, [row.postage for row in terms.lines]) == (900, [True, False, True])
    assert said(terms, "postage") == [
        ("0", "L1", "CUSTOMER"), ("0", "L2", "MERCHANT"), ("1", "L3", "CUSTOMER")
    ]  # fmt: skip


@pytest.mark.parametrize(("below", "kept"), [("40.00", False), ("40.01", True)])
def test_what_is_worth_less_is_kept(below: str, kept: bool) -> None:
    assert judge({"keep": [{"below": {"USD": below}}]}).lines[0].keep is kept


def test_a_request_is_approved_at_once_when_every_line_is() -> None:
    document = {"approve": [{"when": {"products": [SHIRT.product_id]}, "automatic": True}]}
    both = replace(AMERICAN, lines=(SHIRT, replace(SHIRT, line_id="L2", product_id="x")))
    assert judge(document).approve and not judge(document, both).approve
    assert judge(document, both, Policy(auto_approve=True)).approve


@pytest.mark.parametrize(
    ("limit", "reached"),
    [({"returns": 3}, True), ({"returns": 4}, False), ({"units": 5}, True), ({"units": 6}, False),
     ({"value": {"USD": "10.00"}}, True), ({"value": {"USD": "10.01"}}, False), ({"value": {"EUR": "1"}}, False)],
)  # fmt: skip
def test_serial_limits(limit: dict[str, Any], reached: bool) -> None:
    facts = replace(AMERICAN, history={30: History(3, 5, 1000), 60: History(99, 99, 99_999)})
    terms = judge({"serial": [{"days": 30, **limit}], "approve": [{"automatic": True}]}, facts)
    assert (terms.approve, bool(terms.refused)) == (not reached, False)
    terms = judge({"serial": [{"days": 30, "then": "REFUSE", **limit}]}, facts)
    assert bool(terms.refused) is reached
    fault = replace(facts, lines=(replace(SHIRT, reason="DAMAGED"),))
    assert not judge({"serial": [{"days": 30, "then": "REFUSE", **limit}]}, fault).refused


def test_lines_that_differ_share_what_is_best_or_latest() -> None:
    both = replace(
        AMERICAN, methods=("LABEL", "QR", "OWN"), lines=(SHIRT, replace(SHIRT, line_id="2", product_id="x"))
    )
    when = {"products": [SHIRT.product_id]}
    terms = judge(
        {
            "expiry": [{"when": when, "days": 5}, {"days": 9}],
            "refund_on": [{"when": when, "moment": "SCAN"}, {"moment": "INSPECTION"}],
            "methods": [{"when": when, "offer": ["QR", "LABEL"]}, {"offer": ["DROP_OFF", "QR"]}],
        },
        both,
    )
    assert (terms.expiry_days, terms.refund_on, terms.methods) == (9, "INSPECTION", ("QR",))


def test_something_is_always_left_to_travel_by() -> None:
    assert judge({"methods": [{"offer": ["LABEL"]}]}).methods == ("OWN",)
    assert judge({}, replace(AMERICAN, methods=("LABEL", "OWN"))).methods == ("LABEL", "OWN")


def test_staff_are_refused_nothing_but_a_person_looks() -> None:
    terms = judge({"window": [{"days": 0}]}, replace(AMERICAN, by_staff=True), Policy(auto_approve=True))
    assert (terms.refused, terms.approve, len(terms.review)) == (None, False, 1)


def test_findings_are_told_once_for_all_lines_or_by_line() -> None:
    lines = (SHIRT, replace(SHIRT, line_id="L2", since=date(2026, 2, 1), name="Hat"))
    terms = judge({"window": [{"days": 30}]}, replace(AMERICAN, lines=lines))
    assert said(terms, "window") == [("0", "L1", "OPEN"), ("0", "L2", "WINDOW_CLOSED")]
    assert said(terms, "approve") == [("settings", "", "STAFF")]
    assert all(each.why and each.verdict and each.clause for each in terms.findings)


# Everything a merchant could set against the customer.
WORST = {
    "window": [{"days": 0}],
    "final_sale": [{"final": True, "faulty_too": True}],
    "quantity": [{"per_line": 1, "per_request": 1}],
    "value": [{"most": {"EUR": "0"}, "then": "REFUSE"}],
    "reasons": [{"offer": ["STYLE"], "photos": {"STYLE": 5}, "note": ["STYLE"]}],
    "resolutions": [{"offer": ["STORE_CREDIT"]}],
    "fees": [{"percent": "100"}],
    "postage": [{"payer": "CUSTOMER", "amounts": {"EUR": "100"}}],
    "approve": [{"automatic": False}],
    "serial": [{"days": 1, "returns": 1, "units": 1, "then": "REFUSE"}],
    "expiry": [{"days": 1}],
    "methods": [{"offer": ["DROP_OFF"]}],
}


@given(st.sampled_from(["DE", "PL", "NO", "GB"]), st.integers(0, 14), st.integers(1, 9), st.booleans())
def test_no_rule_stands_against_a_withdrawal(country: str, days: int, units: int, unknown: bool) -> None:
    asked = replace(SHIRT, quantity=units, reason="WITHDRAWAL", value=None if unknown else 99_999)
    facts = replace(
        GERMAN, country=country, withdrawal=True, today=date(2026, 3, 1) + timedelta(days=days),
        lines=(asked,), history={1: History(99, 99, 99)},
    )  # fmt: skip
    terms = judge(WORST, facts)
    mine = terms.lines[0]
    assert terms.approve and not terms.refused and not terms.review
    assert (mine.photos, mine.note, mine.fee_percent, terms.label_fee, terms.payer) == (
        0,
        False,
        0,
        0,
        "MERCHANT",
    )
    assert "REFUND" in mine.resolutions and "OWN" in terms.methods and terms.expiry_days == 0
    assert terms.refund_due == facts.today + timedelta(days=14)
    # The request that is no withdrawal is the merchant's to refuse, but not by window or final sale.
    plain = judge({key: WORST[key] for key in ("window", "final_sale")}, replace(facts, withdrawal=False))
    assert not plain.refused


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (AMERICAN, "NO_WITHDRAWAL"),
        (replace(GERMAN, today=date(2026, 3, 17)), "WINDOW_CLOSED"),
        (replace(GERMAN, lines=(replace(SHIRT, digital=True),)), "EXCEPTION"),
    ],
)
def test_a_withdrawal_that_the_law_does_not_give(facts: Facts, code: str) -> None:
    terms = judge({"window": [{"days": 3650}]}, replace(facts, withdrawal=True))
    assert terms.refused and terms.refused.refused == code
    assert not terms.approve


def test_postage_of_a_withdrawal_is_the_customers_only_when_the_shop_said_so() -> None:
    asked = replace(GERMAN, withdrawal=True)
    document = {"postage": [{"payer": "CUSTOMER", "amounts": {"EUR": "5"}, "withdrawals": True}]}
    assert judge(document, asked).label_fee == 500
    assert judge({}, asked, Policy(label_fee="5")).label_fee == 0
    assert judge({}, asked, Policy(label_fee="5", withdrawal_postage="CUSTOMER")).label_fee == 500
    assert judge({}, asked, Policy(withdrawal_postage="CUSTOMER")).payer == "CUSTOMER"


ZONES = ["UTC", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Australia/Lord_Howe"]
INSTANTS = st.integers(1_577_836_800, 2_051_222_400).map(lambda at: datetime.fromtimestamp(at, UTC))


@given(INSTANTS, st.integers(0, 400), st.sampled_from(ZONES))
def test_clock_changes_cost_nobody_a_day(sent: datetime, days: int, zone: str) -> None:
    since = day_of(sent, zone)
    document = {"window": [{"days": days}]}
    for later, refused in ((days, False), (days + 1, True)):
        # A minute before midnight, whatever the clocks did in between.
        now = start_of(since + timedelta(days=later + 1), zone) - timedelta(minutes=1)
        facts = replace(line(since=since), today=day_of(now, zone))
        assert bool(judge(document, facts).refused) is refused


@st.composite
def requests(draw: Any) -> Facts:
    lines = tuple(
        LineFacts(
            f"L{i}", "Thing", draw(st.integers(1, 5)), draw(st.none() | st.integers(0, 9999)), 100,
            draw(st.none() | st.dates(date(2026, 1, 1), TODAY)),
            reason=draw(st.sampled_from([""] + [r.value for r in Reason])),
            resolution=draw(st.sampled_from([""] + [r.value for r in Resolution])),
        )
        for i in range(draw(st.integers(0, 3)))
    )  # fmt: skip
    return Facts(
        "EUR", TODAY, lines, draw(st.none() | st.just(TODAY)), draw(st.sampled_from(["US", "DE", "GB", ""])),
        withdrawal=draw(st.booleans()), asked=draw(st.booleans()), by_staff=draw(st.booleans()),
        method=draw(st.sampled_from(["", "OWN", "LABEL"])),
    )  # fmt: skip


@given(requests(), st.sampled_from([{}, WORST]))
def test_terms_are_json_and_come_back_equal(facts: Facts, document: dict[str, Any]) -> None:
    terms = judge(document, facts)
    assert Terms.restored(json.loads(json.dumps(terms.to_json()))) == terms
    assert not (terms.approve and (terms.refused or terms.review))


def test_terms_older_or_newer_do_no_harm() -> None:
    data = judge({}).to_json() | {"a_rule_of_tomorrow": 1}
    data["lines"][0]["another"] = 2
    assert Terms.restored(data) == judge({})
    assert Terms.restored({"currency": "EUR"}) == Terms("EUR")


def test_every_rule_has_a_file_of_its_own_and_a_reason_to_be_read() -> None:
    for kind in KINDS:
        assert kind.decide.__module__.rpartition(".")[2] == kind.name
    assert evaluate(EMPTY, Policy(), replace(AMERICAN, lines=())).findings == ()
    assert isinstance(judge({}).findings[0], Finding)
