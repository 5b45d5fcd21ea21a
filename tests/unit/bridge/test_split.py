"""Products that are too large for Shopify, in parts."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from shopify_bridge.domain import split
from shopify_bridge.domain.split import MAX_OPTIONS, MAX_VARIANTS, parts

from .test_diff import product, variant


def big(numbers, colours: str = "") -> object:
    if not colours:
        return product([], variants=tuple(variant(str(n)) for n in numbers))
    made = tuple(variant(f"{colour}{n}", values=(colour, str(n))) for colour in colours for n in numbers)
    return product([], options=("Colour", "Number"), variants=made)


def where(made) -> dict[str, str]:
    return {v.key: part.key for part in made for v in part.variants}


def test_a_product_that_fits_stays_whole() -> None:
    wanted = product("ABC")
    assert parts(wanted) == [wanted]
    refused = replace(big(range(3000)), refused="why")
    assert parts(refused) == [refused]


def test_four_options_are_parted_by_the_first() -> None:
    values = [(c, s, m, f) for c in ("red", "blue") for s in "SM" for m in "xy" for f in "12"]
    made = tuple(variant("".join(v), values=v) for v in values)
    wanted = product([], options=("Colour", "Size", "Stuff", "Fit"), variants=made)
    red, blue = parts(wanted)
    assert (red.title, blue.title) == ("T – red", "T – blue")
    assert red.options == ("Size", "Stuff", "Fit") and len(red.variants) == 8
    assert red.variants[0].values == ("S", "x", "1")
    assert red.key.startswith("P#") and red.key != blue.key and red.handle != blue.handle
    fewer = replace(wanted, variants=tuple(v for v in made if v.values[0] == "blue"))
    assert [part.key for part in parts(fewer)] == [blue.key]


def test_too_many_variants_are_parted_by_the_first_option_then_by_blocks() -> None:
    made = parts(big(range(1500), "RG"))
    assert [part.title for part in made] == ["T – R", "T – G"]
    assert [part.options for part in made] == [("Number",)] * 2
    blocks = parts(big(range(5000)))
    assert len(blocks) > 2 and all(len(part.variants) <= MAX_VARIANTS for part in blocks)
    assert sorted(where(blocks)) == sorted(f"key-{n}" for n in range(5000))


def test_parts_stay_parted_and_variants_stay_where_they_are() -> None:
    before = parts(big(range(2100)))
    known = [part.key for part in before]
    fewer = parts(big(range(2000)), known)
    assert len(fewer) == len(before)
    assert all(where(before)[key] == part for key, part in where(fewer).items())
    assert len(parts(big(range(2000)))) == 1


@settings(max_examples=40, deadline=None)
@given(st.sets(st.integers(0, 60), max_size=40), st.sets(st.integers(0, 60), max_size=40))
def test_coming_and_going_moves_nobody_else(first: set[int], second: set[int]) -> None:
    """With a small limit: who is in both is in the same part, unless that part itself grew too large."""
    split.MAX_VARIANTS, kept = 8, MAX_VARIANTS
    try:
        before = parts(big(sorted(first)))
        after = parts(big(sorted(second)), [part.key for part in before])
    finally:
        split.MAX_VARIANTS = kept
    assert all(len(part.options) <= MAX_OPTIONS and len(part.variants) <= 8 for part in after)
    assert sorted(where(after)) == sorted(f"key-{n}" for n in second)
    old, new = where(before), where(after)
    if len(before) > 1:
        for key in old.keys() & new.keys():
            assert new[key].startswith(old[key])
