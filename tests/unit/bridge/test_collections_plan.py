"""What a collection needs: made, joined, changed, or left to the merchant."""

from __future__ import annotations

import base64
from dataclasses import replace

from shopify_bridge.domain import collections as rules_of
from shopify_bridge.domain.model import Collection, Picture
from shopify_bridge.domain.owners import Rules, digest
from shopify_bridge.domain.policy import Policy

P1 = "gid://shopify/Publication/1"
KEY = base64.b64encode(b"Collection:1").decode()
WANTED = Collection(
    KEY, "Summer", "<p>Hot</p>", "summer", "SEO", "", Picture("", "http://x/a.png?sig=1", "A")
)
SEEN = replace(WANTED, gid="gid://shopify/Collection/1", picture=Picture("", "https://cdn/a.png", "A"))


def paths(action) -> list[str]:  # type: ignore[no-untyped-def]
    return [change.path for change in action.fields]


def test_one_that_is_not_there_is_made() -> None:
    action = rules_of.plan_collection(WANTED, None, "", Rules())
    assert action and (action.verb, action.payload["do"]) == ("collect", "create")
    assert rules_of.from_json(action.payload["collection"]) == WANTED


def test_a_picture_is_known_by_what_was_sent_and_what_became_of_it() -> None:
    rules = Rules(echo=rules_of.echo_of(WANTED, SEEN))
    assert rules_of.plan_collection(WANTED, SEEN, "key", rules) is None
    signed = replace(WANTED, picture=Picture("", "http://x/a.png?sig=2", "A"))
    assert rules_of.plan_collection(signed, SEEN, "key", rules) is None
    other = replace(WANTED, picture=Picture("", "http://x/b.png", "A"))
    action = rules_of.plan_collection(other, SEEN, "key", rules)
    assert action and paths(action) == ["picture"]


def test_a_picture_that_is_still_being_fetched_is_not_sent_again() -> None:
    rules = Rules(echo=rules_of.echo_of(WANTED, replace(SEEN, picture=None)))
    assert rules_of.plan_collection(WANTED, replace(SEEN, picture=None), "key", rules) is None
    assert rules_of.plan_collection(WANTED, SEEN, "key", rules) is None


def test_a_picture_of_the_merchant_stays_when_saleor_has_none() -> None:
    bare = replace(WANTED, picture=None)
    assert rules_of.plan_collection(bare, SEEN, "key", Rules()) is None


def test_what_shopify_owns_is_left_and_what_saleor_owns_is_set_back() -> None:
    rules = Rules(Policy(owners={"title": "shopify"}), rules_of.echo_of(WANTED, SEEN))
    edited = replace(SEEN, title="Hot!", html="<p>mine</p>")
    action = rules_of.plan_collection(WANTED, edited, "key", rules)
    assert action and paths(action) == ["description"]
    _, kept = rules_of.changes(WANTED, edited, rules)
    assert [(c.path, c.owner) for c in kept] == [("title", "shopify")]


def test_newest_keeps_what_was_edited_in_shopify_alone() -> None:
    rules = Rules(Policy(owners={"title": "newest"}), rules_of.echo_of(WANTED, SEEN))
    assert rules_of.plan_collection(WANTED, replace(SEEN, title="Hot!"), "key", rules) is None
    action = rules_of.plan_collection(replace(WANTED, title="Winter"), SEEN, "key", rules)
    assert action and paths(action) == ["title"]


def test_joining_says_so() -> None:
    action = rules_of.plan_collection(WANTED, replace(SEEN, key=""), "handle", Rules())
    assert action and (action.payload["do"], action.reason) == ("link", "found by handle, to be linked")
    assert paths(action)[0] == "key"


def test_what_saleor_has_no_more_is_hidden_deleted_or_left() -> None:
    shown = replace(SEEN, published=(P1, "gid://shopify/Publication/2"))
    policy = Policy(publications={"web": P1})
    hidden = rules_of.plan_gone(shown, policy)
    assert hidden and (hidden.verb, hidden.payload["publications"]) == ("unpublish", [P1])
    assert rules_of.plan_gone(SEEN, policy) is None
    assert rules_of.plan_gone(shown, replace(policy, gone="leave")) is None
    gone = rules_of.plan_gone(shown, replace(policy, gone="delete"))
    assert gone and gone.payload == {"do": "delete"}


def test_only_fields_that_were_written_or_are_equal_are_learnt() -> None:
    before = {"description": ["a", "b"]}
    written = replace(SEEN, html="other", seo_title="theirs")
    now = rules_of.kept_echo(before, WANTED, written, frozenset(("title",)))
    assert now["title"] == [digest("Summer"), digest("Summer")]
    assert now["description"] == ["a", "b"]
    assert "seo title" not in now


def test_a_category_is_told_by_its_id() -> None:
    category = base64.b64encode(b"Category:3").decode()
    assert rules_of.is_category(category) and not rules_of.is_category(KEY) and not rules_of.is_category("?")
    assert not rules_of.mirrored(category, Policy(categories=False))
    assert rules_of.mirrored(KEY, Policy(categories=False))
