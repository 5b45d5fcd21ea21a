"""Publications, translations and market prices: who decides, and whose things are left alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopify_bridge.domain.extras import Ways, plan_extras
from shopify_bridge.domain.market import decide as decide_price
from shopify_bridge.domain.model import Product, Variant
from shopify_bridge.domain.plan import PHASES
from shopify_bridge.domain.policy import Policy
from shopify_bridge.domain.texts import decide, digest, translated

P1, P2 = "gid://shopify/Publication/1", "gid://shopify/Publication/2"
MUG = Product(
    "key", "Mug", "<p>Mug</p>", "mug", "Mug", "ACTIVE", ("Title",), (Variant("v", "M", 100, ("x",)),)
)


def seen(**more: object) -> Product:
    return replace(MUG, gid="gid://shopify/Product/1", **more)  # type: ignore[arg-type]


def said(**texts: tuple[str, str]):  # type: ignore[no-untyped-def]
    record = {f"de: {name}": [digest(a), digest(b)] for name, (a, b) in texts.items()}
    return lambda key: record


def changes(actions: list) -> Mapping[str, list]:  # type: ignore[type-arg]
    return {a.verb: [(c.path, c.before, c.after) for c in a.fields] for a in actions}


def test_a_product_is_shown_where_one_of_its_channels_shows_it() -> None:
    policy = Policy(publications={"web": P1, "shop": P1, "b2b": P2})
    (action,) = plan_extras(replace(MUG, published=("shop",)), seen(published=()), policy)
    assert (action.verb, action.payload["publications"], action.gid) == ("publish", [P1], seen().gid)
    assert action.fields[0].path == "published in web, shop"
    assert plan_extras(replace(MUG, published=("web",)), seen(published=(P1,)), policy) == []
    hidden = plan_extras(MUG, seen(published=(P1, P2, "gid://shopify/Publication/3")), policy)
    assert [(a.verb, a.payload["publications"]) for a in hidden] == [("unpublish", [P1, P2])]


def test_publishing_and_hiding_are_two_actions_of_one_phase() -> None:
    policy = Policy(publications={"web": P1, "b2b": P2})
    found = plan_extras(replace(MUG, published=("web",)), seen(published=(P2,)), policy)
    assert [a.verb for a in found] == ["publish", "unpublish"]
    assert {PHASES[a.verb] for a in found} == {2}


def test_a_product_that_is_made_is_hidden_only_where_publishing_is_automatic() -> None:
    policy = Policy(publications={"web": P1, "b2b": P2})
    made = plan_extras(replace(MUG, published=("web",)), None, policy, store=Ways(automatic={P1, P2}))
    assert [(a.verb, a.payload["publications"], a.gid) for a in made] == [
        ("publish", [P1], ""),
        ("unpublish", [P2], ""),
    ]
    made = plan_extras(replace(MUG, published=("web",)), None, policy)
    assert [(a.verb, a.payload["publications"]) for a in made] == [("publish", [P1])]


def test_a_product_that_becomes_active_is_shown_where_it_is_to_be_and_nowhere_else() -> None:
    """Shopify does not tell where a draft would be shown."""
    policy = Policy(publications={"web": P1, "b2b": P2})
    found = plan_extras(replace(MUG, published=("web",)), seen(status="DRAFT"), policy)
    assert [(a.verb, a.payload["publications"]) for a in found] == [("publish", [P1]), ("unpublish", [P2])]


def test_a_product_that_is_not_active_is_neither_published_nor_hidden() -> None:
    policy = Policy(publications={"web": P1})
    assert plan_extras(replace(MUG, status="DRAFT", published=("web",)), seen(), policy) == []
    theirs = replace(policy, owners={"status": "shopify"})
    assert plan_extras(replace(MUG, published=("web",)), seen(status="DRAFT"), theirs) == []


def test_a_product_that_is_not_made_gets_nothing() -> None:
    policy = Policy(publications={"web": P1}, locales={"DE": "de"})
    hidden = replace(MUG, status="DRAFT", published=("web",), translations={"DE": {"title": "Tasse"}})
    assert plan_extras(hidden, None, policy) == []


def test_texts_are_compared_by_language_and_field() -> None:
    policy = Policy(locales={"DE": "de", "FR": "fr"})
    wanted = replace(
        MUG,
        seo_title="Buy",
        translations={"DE": {"title": "Tasse", "seo title": "Kauf"}, "FR": {"title": "Gobelet"}},
    )
    there = seen(translations={"de": {"title": "Becher", "seo title": "Kauf"}})
    assert changes(plan_extras(wanted, there, policy)) == {
        "translate": [
            ("translation de: title", "Becher", "Tasse"),
            ("translation fr: title", None, "Gobelet"),
        ]
    }
    assert translated("translation de: seo title") == ("de", "seo title")


def test_a_text_without_a_source_is_not_sent() -> None:
    policy = Policy(locales={"DE": "de"})
    wanted = replace(MUG, translations={"DE": {"seo title": "Kauf"}})
    assert plan_extras(wanted, seen(), policy) == []


def test_a_text_whose_source_changes_is_said_again() -> None:
    """Shopify counts it as outdated otherwise."""
    policy = Policy(locales={"DE": "de"})
    wanted = replace(MUG, title="Cup", translations={"DE": {"title": "Tasse"}})
    there = seen(translations={"de": {"title": "Tasse"}})
    (action,) = plan_extras(wanted, there, policy, changed={"title"})
    assert action.payload["again"] == ["de: title"]
    assert plan_extras(wanted, there, policy) == []
    theirs = replace(policy, owners={"title": "newest"})
    assert plan_extras(wanted, there, theirs, changed={"title"}) == []


def test_what_was_written_to_a_twin_that_is_gone_does_not_count() -> None:
    policy = Policy(locales={"DE": "de"}, owners={"title": "shopify"})
    wanted = replace(MUG, translations={"DE": {"title": "Tasse"}})
    assert changes(plan_extras(wanted, None, policy, said(title=("Tasse", "Tasse"))))["translate"]


def test_a_text_the_merchant_wrote_is_left_alone_and_ours_is_taken_away() -> None:
    policy = Policy(locales={"DE": "de"})
    there = seen(translations={"de": {"title": "Becher", "description": "<p>Tasse</p>"}})
    assert plan_extras(MUG, there, policy) == []
    found = plan_extras(MUG, there, policy, said(description=("<p>Tasse</p>", "<p>Tasse</p>")))
    assert changes(found) == {"retract": [("translation de: description", "<p>Tasse</p>", None)]}


def test_a_text_that_shopify_keeps_in_its_own_form_is_not_planned_again() -> None:
    policy = Policy(locales={"DE": "de"})
    wanted = replace(MUG, translations={"DE": {"description": "<p>Tasse<br/></p>"}})
    there = seen(translations={"de": {"description": "<p>Tasse<br></p>"}})
    record = said(description=("<p>Tasse<br/></p>", "<p>Tasse<br></p>"))
    assert plan_extras(wanted, there, policy, record) == []
    assert changes(plan_extras(wanted, there, policy))["translate"]


def test_of_a_language_that_shoppers_do_not_see_only_what_was_sent_is_known() -> None:
    """Shopify tells the texts of published languages only."""
    policy, ways = Policy(locales={"DE": "de"}), Ways(blind={"de"})
    wanted = replace(MUG, translations={"DE": {"title": "Tasse"}})
    assert changes(plan_extras(wanted, seen(), policy, store=ways))["translate"]
    assert plan_extras(wanted, seen(), policy, said(title=("Tasse", "Tasse")), ways) == []
    assert changes(plan_extras(wanted, seen(), policy, said(title=("Pott", "Pott")), ways))["translate"]
    assert changes(plan_extras(MUG, seen(), policy, said(title=("Tasse", "Tasse")), ways))["retract"]
    theirs = replace(policy, owners={"title": "shopify"})
    assert plan_extras(wanted, seen(), theirs, said(title=("Pott", "Pott")), ways) == []


@pytest.mark.parametrize(
    ("owner", "after", "before", "record", "newer", "what"),
    [
        ("saleor", "new", "old", None, False, "write"),
        ("saleor", "new", "edited", ("new", "new"), False, "write"),
        ("saleor", "", "edited", ("old", "old"), False, "remove"),
        ("saleor", "", "theirs", None, True, ""),
        ("shopify", "new", "", None, False, "write"),
        ("shopify", "new", "theirs", None, True, ""),
        ("shopify", "new", "edited", ("old", "old"), True, ""),
        ("shopify", "new", "", ("new", "new"), True, ""),
        ("shopify", "", "edited", ("old", "old"), True, ""),
        ("shopify", "", "old", ("old", "old"), True, "remove"),
        ("newest", "new", "old", ("old", "old"), False, "write"),
        ("newest", "old", "edited", ("old", "old"), True, ""),
        ("newest", "new", "edited", ("old", "old"), True, "write"),
        ("newest", "new", "edited", ("old", "old"), False, ""),
        ("newest", "new", "theirs", None, False, ""),
        ("newest", "new", "", None, False, "write"),
        ("newest", "old", "", ("old", "old"), True, ""),
        ("newest", "new", "", ("old", "old"), False, "write"),
    ],
)
def test_whose_text_counts(owner, after, before, record, newer, what) -> None:
    known = [digest(text) for text in record] if record else None
    assert decide(owner, after, before, known, newer) == what


@pytest.mark.parametrize(
    ("owner", "wanted", "seen_", "agreed", "newer", "what"),
    [
        ("saleor", 5, 5, None, True, False),
        ("saleor", 5, None, None, True, True),
        ("saleor", 5, 7, 5, False, True),
        ("saleor", None, 7, None, True, False),
        ("saleor", None, 7, 5, True, True),
        ("shopify", 5, None, None, True, True),
        ("shopify", 5, 7, 6, True, False),
        ("shopify", 5, None, 5, True, False),
        ("shopify", None, 7, 5, True, False),
        ("shopify", None, 5, 5, True, True),
        ("newest", 6, 5, 5, False, True),
        ("newest", 5, 7, 5, True, False),
        ("newest", 6, 7, 5, True, True),
        ("newest", 6, 7, 5, False, False),
        ("newest", 6, 7, None, False, False),
        ("newest", 6, None, None, False, True),
    ],
)
def test_whose_price_counts(owner, wanted, seen_, agreed, newer, what) -> None:
    pairs = [None if value is None else (value, None) for value in (wanted, seen_, agreed)]
    assert decide_price(owner, *pairs, newer) is what


def test_a_compare_at_price_is_part_of_the_price() -> None:
    assert decide_price("saleor", (5, 7), (5, None), (5, None), True)


WORDS = st.sampled_from(["", "a", "b", "c "])
OWNERS = st.sampled_from(["saleor", "shopify", "newest"])


@given(OWNERS, WORDS, WORDS, st.none() | st.tuples(WORDS, WORDS), st.booleans())
def test_after_a_text_was_written_nothing_is_left_to_do(owner, after, before, record, newer) -> None:
    """Shopify may keep it in a form of its own; what was taken away is forgotten."""
    known = [digest(text) for text in record] if record else None
    what = decide(owner, after, before, known, newer)
    if what == "write":
        became = after.strip()
        assert decide(owner, after, became, [digest(after), digest(became)], newer) == ""
    if what == "remove":
        assert decide(owner, after, "", None, newer) == ""
    if record is None and before and owner != "saleor" and not newer:
        assert what == "", "what the merchant wrote was taken"


PRICES = st.none() | st.integers(1, 3).map(lambda value: (value, None))


@given(OWNERS, PRICES, PRICES, PRICES, st.booleans())
def test_after_a_price_was_written_nothing_is_left_to_do(owner, wanted, there, agreed, newer) -> None:
    if decide_price(owner, wanted, there, agreed, newer):
        assert not decide_price(owner, wanted, wanted, wanted, newer)
    if agreed is None and wanted is None:
        assert not decide_price(owner, wanted, there, agreed, newer), "the merchant's price was taken away"
