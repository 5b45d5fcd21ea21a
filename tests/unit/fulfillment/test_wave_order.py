"""In which order a wave is committed: nothing is promised twice meanwhile, and who only can swap does."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from saleor_plugins.fulfillment.domain.wave.order import Place, Swap, groups

A, B, C = ("a", "v"), ("b", "v"), ("c", "v")


def test_who_waits_comes_after_whom_he_waits_for() -> None:
    first, second = Swap("1", {A: 1}, {B: 1}), Swap("2", {B: 1}, {C: 1})
    assert groups([first, second], {C: 1}) == [["2"], ["1"]]


def test_a_circle_is_a_group() -> None:
    swaps = [Swap("1", {A: 1}, {B: 1}), Swap("2", {B: 1}, {C: 1}), Swap("3", {C: 1}, {A: 1})]
    assert groups(swaps, {}) == [["1", "2", "3"]]
    assert groups(swaps, {B: 1}) == [["1"], ["3"], ["2"]] or groups(swaps, {B: 1})[0] == ["1"]


def test_what_nobody_has_stops_only_who_wants_it() -> None:
    swaps = [Swap("1", {}, {A: 1}), Swap("2", {}, {B: 1})]
    assert groups(swaps, {B: 1}) == [["2"], ["1"]]


@pytest.mark.parametrize("seed", range(30))
def test_nothing_is_ever_promised_twice(seed: int) -> None:
    """Whatever fits in the end also fits after every step."""
    rng = random.Random(seed)
    places = [A, B, C]
    stock: Counter[Place] = Counter()
    free: Counter[Place] = Counter()
    swaps = []
    held = [Counter({rng.choice(places): rng.randint(1, 2)}) for _ in range(12)]
    wanted = [dict(units) for units in rng.sample(held, len(held))]
    for n, (has, wants) in enumerate(zip(held, wanted, strict=True)):
        stock.update(has)
        swaps.append(Swap(str(n), has, wants))
    for place in places:
        free[place] = rng.randint(0, 1)
        stock[place] += free[place]
    found = groups(swaps, free)
    assert sorted(key for group in found for key in group) == sorted(swap.key for swap in swaps)
    now = {swap.key: Counter(swap.held) for swap in swaps}
    by_key = {swap.key: swap for swap in swaps}
    for group in found:
        for key in group:
            now[key] = Counter(by_key[key].wanted)
        taken: Counter[Place] = Counter()
        for units in now.values():
            taken.update(units)
        assert all(taken[place] <= stock[place] for place in places)
