"""What productSet is given: whole lists with the merchant's things in them, and nothing but what changed."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from shopify_bridge.domain.diff import product_changes
from shopify_bridge.domain.model import Metafield, Picture
from shopify_bridge.domain.owners import Rules
from shopify_bridge.domain.plan import APART
from shopify_bridge.domain.policy import Policy
from shopify_bridge.domain.tidy import tidy
from shopify_bridge.shopify.inputs import create_product, update_product

from .test_diff import in_shopify, product, sizes, variant


def update(wanted, seen, rules: Rules | None = None) -> dict:
    changes = [change for change in product_changes(wanted, seen, rules) if change.kind not in APART]
    whole = any(change.kind == "variant" for change in changes)
    return update_product(wanted, seen, changes, "USD", {}, whole=whole)


def test_a_field_is_sent_alone() -> None:
    wanted = product("AB", title="New")
    assert update(wanted, replace(in_shopify(wanted), title="Old")) == {"title": "New"}


def test_metafields_and_collections_are_never_sent_for_a_product_that_is_there() -> None:
    wanted = product("AB", title="New", metafields=(Metafield("m", "json", "1"),), collections=("C",))
    seen = replace(in_shopify(wanted), title="Old", metafields=(), collections=("gid-merchant",))
    rules = Rules(ours={"gid-C": "C"}, coming=frozenset({"C"}))
    assert update(wanted, seen, rules) == {"title": "New"}
    assert "collections" not in create_product(wanted, "USD", {})


@given(sizes, sizes, sizes)
def test_every_variant_of_the_merchant_is_in_the_list(
    ours: list[str], seen: list[str], theirs: list[str]
) -> None:
    foreign = tuple(variant(f"x{letter}", key="", gid=f"gid-x{letter}", item_gid="i") for letter in theirs)
    there = in_shopify(product(seen))
    there = replace(there, variants=(*foreign[:1], *there.variants, *foreign[1:]))
    sent = update(product(ours), there).get("variants")
    if sent is None:
        assert set(ours) == set(seen)
        return
    gids = [item["id"] for item in sent if "id" in item]
    kept = [v.gid for v in there.variants if not v.key or v.key in {f"key-{letter}" for letter in ours}]
    assert gids == kept
    assert len(sent) == len(kept) + len(set(ours) - set(seen))
    assert all(set(item) == {"id", "optionValues"} for item in sent if item.get("id", "").startswith("gid-x"))


def test_what_shopify_owns_is_not_sent_with_the_rest() -> None:
    wanted = product([], variants=(variant("A", price=1, cost=5),))
    seen = in_shopify(product([], variants=(variant("A", price=2, cost=6),)))
    (sent,) = update(wanted, seen, Rules(Policy(owners={"price": "shopify"})))["variants"]
    assert sent == {
        "id": "gid-key-A",
        "optionValues": [{"optionName": "Size", "name": "A"}],
        "inventoryItem": {"cost": "0.05"},
    }


@given(st.lists(st.booleans(), max_size=7), st.integers(0, 4))
def test_pictures_of_the_merchant_keep_their_places(places: list[bool], count: int) -> None:
    """`places`: whether a picture that is there is the merchant's."""
    there = tuple(
        Picture("" if theirs else f"k{at}", gid=f"g{at}", alt="old", status="READY")
        for at, theirs in enumerate(places)
    )
    wanted = product(
        "A", pictures=tuple(Picture(f"k{at}", "https://x.example/p.png", "new") for at in range(count))
    )
    seen = replace(in_shopify(product("A")), pictures=there)
    files = update(wanted, seen).get("files")
    if files is None:
        assert [p.key for p in there if p.key] == [p.key for p in wanted.pictures]
        return
    gids = [item.get("id") for item in files]
    assert [gid for gid in gids if gid in {p.gid for p in there if not p.key}] == [
        p.gid for p in there if not p.key
    ]
    assert len(files) == count + sum(places)
    assert all(set(item) == {"id"} for item in files if item.get("id") and places[int(item["id"][1:])])


def test_what_is_tidied_stays_tidy() -> None:
    wild = product(
        [],
        title="  a \n b ",
        options=(" Size ",),
        variants=(
            variant("A", sku=" x ", values=(" S  M ",), compare_at=900, barcode=" 1 2 ", grams=0),
            variant(
                "B",
                values=("l",),
                metafields=(Metafield("m", "single_line_text_field", "a\nb"), Metafield("e", "json", " ")),
            ),
        ),
    )
    calm = tidy(wild)
    assert tidy(calm) == calm and calm.refused == ""
    assert (calm.title, calm.options, calm.variants[0].values) == ("a b", ("Size",), ("S M",))
    assert (calm.variants[0].sku, calm.variants[0].compare_at, calm.variants[0].grams) == ("x", None, None)
    assert calm.variants[1].metafields == (Metafield("m", "single_line_text_field", "a b"),)


def test_what_shopify_would_refuse_is_refused_before() -> None:
    reasons = {
        tidy(product("A", title=" ")).refused,
        tidy(product("A", title="x" * 256)).refused,
        tidy(product([], variants=(variant("A", price=-1),))).refused,
        tidy(product([], variants=(variant("A", values=("",)),))).refused,
        tidy(product([], options=("Size", "size"), variants=(variant("A", values=("1", "2")),))).refused,
        tidy(product([], variants=(variant("A", values=("x",)), variant("B", values=("X",))))).refused,
    }
    assert len(reasons) == 6 and "" not in reasons
