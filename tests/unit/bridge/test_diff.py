"""Matching and comparing, without any store."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shopify_bridge.domain.codec import from_json, to_json
from shopify_bridge.domain.diff import FieldChange, difference, labels, product_changes
from shopify_bridge.domain.match import Match, match_product, match_variants
from shopify_bridge.domain.model import MarketPrice, Metafield, Picture, Product, Variant
from shopify_bridge.domain.owners import Rules
from shopify_bridge.domain.plan import plan_gone, plan_product

sizes = st.lists(st.sampled_from("ABCDEFGH"), min_size=1, max_size=6, unique=True)


def variant(size: str, **more: object) -> Variant:
    return Variant(
        **(
            {"key": f"key-{size}", "sku": f"SKU-{size}", "price": 1000, "values": (size,), "stock": {"w": 3}}
            | more
        )
    )  # type: ignore[arg-type]


def product(letters: list[str] | str, **more: object) -> Product:
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


def shown(changes: list[FieldChange]) -> list[tuple[str, Any, Any]]:
    return [(change.path, change.before, change.after) for change in changes]


@given(sizes)
def test_a_mirror_has_no_difference(letters: list[str]) -> None:
    wanted = product(letters)
    seen = in_shopify(wanted)
    assert product_changes(wanted, seen) == []
    assert plan_product(wanted, Match(seen, "key")).actions == ()


@given(sizes, st.data())
def test_what_is_changed_is_what_is_found(letters: list[str], data: st.DataObject) -> None:
    wanted = product(letters)
    seen = in_shopify(wanted)
    index = data.draw(st.integers(0, len(letters) - 1))
    price = data.draw(st.integers(0, 10**6).filter(lambda p: p != 1000))
    variants = list(seen.variants)
    variants[index] = replace(variants[index], price=price)
    changes = product_changes(wanted, replace(seen, variants=tuple(variants)))
    assert shown(changes) == [(f"variant SKU-{letters[index]} price", price, 1000)]


@given(sizes, sizes)
def test_matched_variants_are_never_shared(mine: list[str], theirs: list[str]) -> None:
    pairs = match_variants(product(mine), in_shopify(product(theirs)))
    gids = [found.gid for found in pairs.values()]
    assert len(gids) == len(set(gids))
    assert set(pairs) == {f"key-{letter}" for letter in set(mine) & set(theirs)}


@given(sizes)
def test_a_product_survives_being_stored(letters: list[str]) -> None:
    variants = tuple(
        variant(letter, prices={"eu": MarketPrice(5, "EUR")}, metafields=(Metafield("m", "json", "1"),))
        for letter in letters
    )
    pictures = (Picture("k", "https://x.example/a.png", "alt"),)
    wanted = product(
        [], variants=variants, pictures=pictures, collections=("c",), translations={"de": {"title": "x"}}
    )
    assert from_json(to_json(wanted)) == wanted


def test_a_sku_of_another_mirror_is_not_taken() -> None:
    other = replace(in_shopify(product(["A"])), key="OTHER")
    assert "the mirror of another product" in match_product(product(["A"]), None, [other]).refused


def test_two_candidates_are_one_too_many() -> None:
    first = replace(in_shopify(product(["A"])), key="")
    assert (
        "more than one" in match_product(product(["A"]), None, [first, replace(first, gid="gid-2")]).refused
    )


def test_a_sku_in_other_case_is_neither_taken_nor_made_twice() -> None:
    theirs = replace(in_shopify(product([], variants=(variant("A", sku="sku-a", key=""),))), key="")
    assert "is written sku-a" in match_product(product(["A"]), None, [theirs]).refused
    assert match_product(product(["A"]), None, [replace(theirs, key="OTHER")]) == Match()


def test_empty_and_duplicate_skus_decide_nothing() -> None:
    wanted = product([], variants=(variant("A", sku=""), variant("B", sku="X"), variant("C", sku="X")))
    theirs = tuple(
        replace(v, key="", gid=f"g{i}", sku="X", values=(f"{i}",)) for i, v in enumerate(wanted.variants)
    )
    assert match_variants(wanted, replace(wanted, variants=theirs)) == {}
    names = labels(wanted.variants)
    assert names == {"key-A": "A", "key-B": "X (B)", "key-C": "X (C)"}


def test_every_path_of_a_plan_is_its_own() -> None:
    wanted = product([], variants=(variant("A", sku="X"), variant("B", sku="X")))
    gone = tuple(variant(x, sku="X", key=f"old-{x}", gid=f"g{x}") for x in "YZ")
    paths = [
        change.path for change in product_changes(wanted, replace(in_shopify(product("Q")), variants=gone))
    ]
    assert len(paths) == len(set(paths)) == 4


def test_four_options_and_twins_are_refused() -> None:
    four = product(
        ["A"], options=("1", "2", "3", "4"), variants=(replace(variant("A"), values=("a", "b", "c", "d")),)
    )
    twins = product(["A"], variants=(variant("A"), replace(variant("B"), values=("A",))))
    many = product([], variants=tuple(variant(str(n)) for n in range(2049)))
    words = ((four, "4 options"), (twins, "same option values"), (many, "2049 variants"))
    for wanted, word in words:
        (action,) = plan_product(wanted, Match()).actions
        assert action.verb == "refuse" and word in action.reason


def test_foreign_variants_stop_a_change_of_options() -> None:
    seen = in_shopify(product(["A"]))
    foreign = replace(variant("Z"), key="", gid="gid-Z")
    seen = replace(seen, variants=(*seen.variants, foreign), options=("Colour",))
    (action,) = plan_product(product(["A"]), Match(seen, "key")).actions
    assert action.verb == "refuse" and "would be lost" in action.reason


def test_the_merchants_pictures_do_not_count() -> None:
    wanted = product(["A"], pictures=(Picture("k1", "u", "one"), Picture("k2", "u", "two")))
    seen = in_shopify(wanted)
    theirs = replace(seen, pictures=(Picture("", gid="g0", alt="mine"), *seen.pictures))
    assert product_changes(wanted, theirs) == []
    turned = replace(seen, pictures=tuple(reversed(seen.pictures)))
    assert [c.path for c in product_changes(wanted, turned)] == ["picture order"]


def test_pictures_that_are_being_made_ready_are_not_sent_twice() -> None:
    wanted = product(["A"], pictures=(Picture("k1", "u", "one"),))
    waiting = replace(
        in_shopify(product(["A"])), pictures=(Picture("", alt="one", gid="g", status="PROCESSING"),)
    )
    found = difference(wanted, waiting)
    assert found.changes == [] and "being made ready" in found.notes[0]
    failed = replace(waiting, pictures=(Picture("", alt="one", gid="g", status="FAILED"),))
    assert difference(wanted, failed).changes == []


def test_attributes_are_compared_by_what_they_mean() -> None:
    wanted = product(
        "A", metafields=(Metafield("size", "number_decimal", "1.50"), Metafield("tags", "json", "[1, 2]"))
    )
    told = (Metafield("size", "number_decimal", "1.5"), Metafield("tags", "json", "[1,2]"))
    assert difference(wanted, replace(in_shopify(wanted), metafields=told)).changes == []
    gone = replace(in_shopify(wanted), metafields=(*told, Metafield("old", "json", "1")))
    assert shown(difference(wanted, gone).changes) == [("attribute old", "1", None)]
    other = replace(in_shopify(wanted), metafields=(Metafield("size", "json", "1"), told[1]))
    found = difference(wanted, other)
    assert found.changes == [] and found.notes == [
        "attribute size is a json in Shopify and a number_decimal in Saleor"
    ]


def test_only_mirrored_collections_are_joined_and_left() -> None:
    rules = Rules(ours={"gid-1": "C1", "gid-2": "C2"}, coming=frozenset({"C1", "C2", "C3"}))
    wanted = product("A", collections=("C1", "C3", "unknown"))
    seen = replace(in_shopify(wanted), collections=("gid-2", "gid-merchant"))
    changes = difference(wanted, seen, rules).changes
    assert shown(changes) == [
        ("collection C1", None, "in"),
        ("collection C3", None, "in"),
        ("collection C2", "in", None),
    ]


def test_an_unpublished_product_is_not_made_and_an_archived_one_not_archived_again() -> None:
    assert plan_product(product(["A"], status="DRAFT"), Match()).actions == ()
    assert plan_gone(in_shopify(product(["A"], status="ARCHIVED")), "gone") is None


def test_what_is_gone_is_archived_deleted_or_left_and_never_deleted_with_the_merchants_work() -> None:
    seen = in_shopify(product("A"))
    verbs = {
        gone: action and action.verb
        for gone in ("archive", "delete", "leave")
        for action in [plan_gone(seen, "", gone)]
    }
    assert verbs == {"archive": "archive", "delete": "delete", "leave": None}
    theirs = replace(seen, variants=(*seen.variants, variant("Z", key="", gid="z")))
    action = plan_gone(theirs, "", "delete")
    assert action and action.verb == "archive"
