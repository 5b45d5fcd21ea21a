"""Matching and comparing, without any store."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from shopify_bridge.domain.codec import from_json, to_json
from shopify_bridge.domain.diff import product_changes, stock_changes
from shopify_bridge.domain.match import Match, match_product, match_variants
from shopify_bridge.domain.model import Picture, Product, Variant
from shopify_bridge.domain.plan import plan_gone, plan_product

sizes = st.lists(st.sampled_from("ABCDEFGH"), min_size=1, max_size=6, unique=True)


def variant(size: str, **more: object) -> Variant:
    return Variant(key=f"key-{size}", sku=f"SKU-{size}", price=1000, values=(size,), stock={"w": 3}, **more)  # type: ignore[arg-type]


def product(letters: list[str], **more: object) -> Product:
    values = {
        "key": "P",
        "title": "T",
        "html": "<p>x</p>",
        "handle": "t",
        "kind": "K",
        "status": "ACTIVE",
        "options": ("Size",),
        "variants": tuple(variant(letter) for letter in letters),
    } | more
    return Product(**values)  # type: ignore[arg-type]


def in_shopify(wanted: Product) -> Product:
    """The same product as Shopify would tell it."""
    variants = tuple(
        replace(v, gid=f"gid-{v.key}", item_gid=f"item-{v.key}", stock={"l": v.stock["w"]})
        for v in wanted.variants
    )
    pictures = tuple(replace(p, url="", gid=f"gid-{p.key}", status="READY") for p in wanted.pictures)
    return replace(wanted, gid="gid-P", variants=variants, pictures=pictures)


@given(sizes)
def test_a_mirror_has_no_difference(letters: list[str]) -> None:
    wanted = product(letters)
    seen = in_shopify(wanted)
    assert product_changes(wanted, seen) == []
    assert stock_changes(wanted, seen, {"w": "l"}) == []
    assert plan_product(wanted, Match(seen, "key"), {"w": "l"}).action is None


@given(sizes, st.data())
def test_what_is_changed_is_what_is_found(letters: list[str], data: st.DataObject) -> None:
    wanted = product(letters)
    seen = in_shopify(wanted)
    index = data.draw(st.integers(0, len(letters) - 1))
    price = data.draw(st.integers(0, 10**6).filter(lambda p: p != 1000))
    variants = list(seen.variants)
    variants[index] = replace(variants[index], price=price)
    (change,) = product_changes(wanted, replace(seen, variants=tuple(variants)))
    assert (change.path, change.before, change.after) == (f"variant SKU-{letters[index]} price", price, 1000)


@given(sizes, sizes)
def test_matched_variants_are_never_shared(mine: list[str], theirs: list[str]) -> None:
    pairs = match_variants(product(mine), in_shopify(product(theirs)))
    gids = [found.gid for found in pairs.values()]
    assert len(gids) == len(set(gids))
    assert set(pairs) == {f"key-{letter}" for letter in set(mine) & set(theirs)}


@given(sizes)
def test_a_product_survives_being_stored(letters: list[str]) -> None:
    wanted = product(letters, pictures=(Picture("k", "https://x.example/a.png", "alt"),))
    assert from_json(to_json(wanted)) == wanted


def test_a_sku_of_another_mirror_is_not_taken() -> None:
    other = replace(in_shopify(product(["A"])), key="OTHER")
    assert "the mirror of another product" in match_product(product(["A"]), None, [other]).refused


def test_two_candidates_are_one_too_many() -> None:
    first = replace(in_shopify(product(["A"])), key="")
    assert (
        "more than one" in match_product(product(["A"]), None, [first, replace(first, gid="gid-2")]).refused
    )


def test_stock_below_zero_is_none_for_sale_and_hides_no_other_place() -> None:
    wanted = product(["A"])
    wanted = replace(wanted, variants=(replace(wanted.variants[0], stock={"w": -4, "x": 2}),))
    seen = in_shopify(product(["A"]))
    changes = stock_changes(wanted, seen, {"w": "l", "x": "m"})
    assert [(c.place, c.before, c.after) for c in changes] == [("l", 3, 0), ("m", None, 2)]


def test_a_warehouse_without_location_is_left_out() -> None:
    assert stock_changes(product(["A"]), in_shopify(product(["B"])), {}) == []


def test_four_options_and_twins_are_refused() -> None:
    four = product(
        ["A"], options=("1", "2", "3", "4"), variants=(replace(variant("A"), values=("a", "b", "c", "d")),)
    )
    twins = product(["A"], variants=(variant("A"), replace(variant("B"), values=("A",))))
    for wanted, word in ((four, "4 options"), (twins, "same option values")):
        action = plan_product(wanted, Match(), {}).action
        assert action and action.verb == "refuse" and word in action.reason


def test_foreign_variants_stop_a_change_of_options() -> None:
    seen = in_shopify(product(["A"]))
    foreign = replace(variant("Z"), key="", gid="gid-Z")
    seen = replace(seen, variants=(*seen.variants, foreign), options=("Colour",))
    action = plan_product(product(["A"]), Match(seen, "key"), {}).action
    assert action and action.verb == "refuse" and "would be lost" in action.reason


def test_the_merchants_pictures_do_not_count() -> None:
    wanted = product(["A"], pictures=(Picture("k1", "u", "one"), Picture("k2", "u", "two")))
    seen = in_shopify(wanted)
    theirs = replace(seen, pictures=(Picture("", gid="g0", alt="mine"), *seen.pictures))
    assert product_changes(wanted, theirs) == []
    turned = replace(seen, pictures=tuple(reversed(seen.pictures)))
    assert [c.path for c in product_changes(wanted, turned)] == ["picture order"]


def test_an_unpublished_product_is_not_made_and_an_archived_one_not_archived_again() -> None:
    assert plan_product(product(["A"], status="DRAFT"), Match(), {}).action is None
    assert plan_gone(in_shopify(product(["A"], status="ARCHIVED")), "gone") is None
