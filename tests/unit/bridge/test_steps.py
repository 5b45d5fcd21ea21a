"""The steps of an update: whatever there is on both sides, they lead there, and leave the merchant's variants alone."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from shopify_bridge.domain.diff import product_changes
from shopify_bridge.domain.model import Picture, Product
from shopify_bridge.domain.plan import APART
from shopify_bridge.domain.steps import ADD, CHANGE, DROP, FIELDS, GALLERY, WHOLE, part, steps
from shopify_bridge.shopify.variant_inputs import added, changed, dropped

from .test_diff import in_shopify, product, variant

VALUES = ("S", "M", "L", "XL", "s")
SIDE = st.dictionaries(st.sampled_from("ABCD"), st.sampled_from(VALUES), min_size=1, max_size=4)


def of(side: dict[str, str]) -> Product:
    return product([], variants=tuple(variant(letter, values=(value,)) for letter, value in side.items()))


def planned(wanted: Product, seen: Product) -> tuple[str, ...]:
    return steps(wanted, seen, changes(wanted, seen))


def changes(wanted: Product, seen: Product) -> list:
    return [change for change in product_changes(wanted, seen) if change.kind not in APART]


class Shop:
    """A product in Shopify: variants have values of their own, and one stays."""

    def __init__(self, seen: Product):
        self.values = {v.gid: v.values[0] for v in seen.variants}

    def take(self, step: str, wanted: Product, seen: Product) -> None:
        if step == DROP:
            for gid in dropped(wanted, seen):
                del self.values[gid]
        elif step == CHANGE:
            for item in changed(wanted, seen, part(CHANGE, changes(wanted, seen)), "USD"):
                for chosen in item.get("optionValues", ()):
                    self.values[item["id"]] = chosen["name"]
        elif step == ADD:
            for number, item in enumerate(added(wanted, seen, "USD", {})):
                self.values[f"new-{number}"] = item["optionValues"][0]["name"]
        folded = [value.casefold() for value in self.values.values()]
        assert self.values and len(set(folded)) == len(folded)


@given(SIDE, SIDE, st.sampled_from(["", "Mine", "S"]))
def test_steps_lead_there_and_are_allowed_on_the_way(
    ours: dict[str, str], there: dict[str, str], theirs: str
) -> None:
    for side in (ours.values(), [*there.values(), theirs], [*ours.values(), theirs]):
        assume(len({value.casefold() for value in side}) == len(list(side)))
    wanted, seen = of(ours), in_shopify(of(there))
    if theirs:
        mine = variant("x", key="", gid="gid-mine", item_gid="i", values=(theirs,))
        seen = replace(seen, variants=(*seen.variants, mine))
    found = planned(wanted, seen)
    assert len(set(found)) == len(found)
    if WHOLE in found:
        assert found == (WHOLE,)
        return
    shop = Shop(seen)
    for step in found:
        shop.take(step, wanted, seen)
    assert sorted(shop.values.values()) == sorted([*ours.values(), *([theirs] if theirs else [])])
    assert not theirs or shop.values["gid-mine"] == theirs


def test_each_change_is_in_one_step() -> None:
    wanted = replace(of({"A": "S", "B": "M"}), title="New")
    seen = in_shopify(of({"A": "L", "C": "XL"}))
    every, found = changes(wanted, seen), planned(wanted, seen)
    assert found == (FIELDS, DROP, CHANGE, ADD)
    assert sorted(c.path for step in found for c in part(step, every)) == sorted(c.path for c in every)


def test_pictures_are_a_list_and_variants_beside_them_are_not() -> None:
    wanted = replace(
        of({"A": "S"}), pictures=(Picture("k", "https://x.example/p.png", "Front"),), title="New"
    )
    seen = in_shopify(of({"A": "M"}))
    seen = replace(seen, pictures=(), title="Old")
    assert planned(wanted, seen) == (GALLERY, CHANGE)


def test_the_whole_list_is_for_what_shopify_takes_no_other_way() -> None:
    other = replace(in_shopify(of({"A": "S"})), options=("Fit",))
    assert planned(of({"A": "S"}), other) == (WHOLE,)
    assert planned(of({"A": "S", "B": "M"}), in_shopify(of({"A": "M", "B": "S"}))) == (WHOLE,)
    assert planned(of({"A": "S"}), in_shopify(of({"A": "s"}))) == (WHOLE,)
    assert planned(of({"A": "S"}), in_shopify(of({"B": "S"}))) == (WHOLE,)
    assert planned(of({"A": "S"}), in_shopify(of({"B": "M"}))) == (ADD, DROP)
    alone = replace(of({"A": "Default Title"}), options=("Title",))
    more = replace(of({"A": "Default Title", "B": "Other"}), options=("Title",))
    assert planned(more, in_shopify(alone)) == (WHOLE,)
