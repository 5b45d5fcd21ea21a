"""The reckoning of a shop's bucket: in turn, never ahead of what its answers tell, never far behind."""

from __future__ import annotations

import random

import pytest

from shopify_bridge.shopify.budget import HALF_LIFE, ProcessBudget, Spent, Ticket, spent
from shopify_bridge.shopify.errors import Unreachable


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def budget(clock: Clock) -> ProcessBudget:
    budget = ProcessBudget(clock)
    budget.settle(Ticket(), Spent(0, 0, 2000, 2000, 100))
    clock.now += 60
    return budget


def test_points_are_there_until_they_are_not(budget, clock) -> None:
    assert [budget.reserve(500, 60).wait for _ in range(4)] == [0, 0, 0, 0]
    assert budget.reserve(500, 60).wait == pytest.approx(5)
    assert budget.reserve(100, 60).wait == pytest.approx(6), "the small one waits behind the big one"
    clock.now += 6
    assert budget.reserve(100, 60).wait == pytest.approx(1)


def test_who_has_no_patience_takes_nothing(budget) -> None:
    budget.reserve(2000, 60)
    with pytest.raises(Unreachable) as caught:
        budget.reserve(500, 4)
    assert caught.value.after == pytest.approx(5)
    assert budget.reserve(100, 4).wait == pytest.approx(1)


def test_what_was_not_charged_comes_back(budget) -> None:
    budget.reserve(2000, 60)
    budget.settle(Ticket(2000), Spent(2000, 300))
    assert budget.reserve(1700, 60).wait == 0
    assert budget.reserve(100, 60).wait == pytest.approx(1)


def test_without_an_answer_all_of_it_counts_as_charged(budget) -> None:
    budget.reserve(2000, 60)
    budget.settle(Ticket(2000), Spent())
    assert budget.reserve(100, 60).wait == pytest.approx(1)


def test_others_who_spend_are_noticed(budget) -> None:
    budget.reserve(100, 60)
    budget.settle(Ticket(100), Spent(100, 100, 50, 2000, 100))
    assert budget.reserve(150, 60).wait == pytest.approx(1)


def test_what_is_under_way_is_not_given_out_twice(budget) -> None:
    for _ in range(4):
        budget.reserve(400, 60)
    # The first answer was written before the other three arrived there.
    budget.settle(Ticket(400), Spent(400, 400, 1600, 2000, 100))
    assert budget.reserve(400, 60).wait == 0
    assert budget.reserve(100, 60).wait == pytest.approx(1)


def test_an_answer_that_is_read_late_gives_nothing_back(budget) -> None:
    late = budget.reserve(100, 60)
    soon = budget.reserve(1500, 60)
    budget.settle(soon, Spent(1500, 1500, 400, 2000, 100))
    # Written before the other arrived, read after it was settled.
    budget.settle(late, Spent(100, 100, 1900, 2000, 100))
    assert budget.reserve(400, 60).wait == 0
    assert budget.reserve(100, 60).wait == pytest.approx(1)


def test_a_process_that_died_holds_its_points_not_for_ever(budget, clock) -> None:
    budget.reserve(1500, 60)
    clock.now += 5 * HALF_LIFE
    budget.settle(Ticket(), Spent(0, 0, 2000, 2000, 100))
    assert budget.reserve(1900, 0).wait == 0


def test_another_plan_and_rate_are_taken_over(budget) -> None:
    budget.settle(Ticket(), Spent(0, 0, 20_000, 20_000, 1000))
    assert budget.reserve(2000, 0).wait == 0
    budget.settle(Ticket(2000), Spent(2000, 2000, 18_000, 20_000, 1000))
    assert budget.reserve(18_500, 60).wait == pytest.approx(0.5)


def test_a_pause_is_for_all(budget) -> None:
    budget.pause(7)
    assert budget.reserve(0, 60).wait == pytest.approx(7)


def test_more_than_the_bucket_holds_waits_for_all_of_it(budget) -> None:
    assert budget.reserve(5000, 60).wait == 0
    assert budget.reserve(100, 60).wait == pytest.approx(1)


def test_answers_without_costs_teach_nothing() -> None:
    assert spent({}) == Spent()


@pytest.mark.parametrize("seed", range(20))
def test_a_shop_that_reserves_and_charges_hardly_ever_throttles(seed: int) -> None:
    """Many who ask at once with other spenders beside them: few are told THROTTLED, the bucket is well used."""
    chance, clock = random.Random(seed), Clock()
    budget, level, throttled, sent, charged = ProcessBudget(clock), 2000.0, 0, 0, 0.0
    due: list[tuple[float, Ticket, float]] = []
    for _ in range(2000):
        points = chance.choice([20, 30, 100, 400])
        ticket = budget.reserve(points, 1e9)
        due.append((clock.now + ticket.wait, ticket, chance.uniform(0.4, 1)))
        at, ticket, share = due.pop(0)
        points = ticket.points
        passed = max(0.0, at - clock.now)
        clock.now += passed
        level = min(2000.0, level + passed * 100)
        sent += 1
        if chance.random() < 0.01:
            level = max(0.0, level - 100)
        if points > level + 1e-6:
            throttled += 1
            budget.settle(ticket, Spent(points, 0, int(level), 2000, 100))
        else:
            level -= points * share
            charged += points * share
            budget.settle(ticket, Spent(points, points * share, int(level), 2000, 100))
    assert throttled <= sent * 0.05
    assert charged >= 0.8 * 100 * clock.now
