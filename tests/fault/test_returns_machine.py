"""Anything in any order at the returns desk: hypothesis chooses the steps, and shrinks what breaks a promise.

What a step chooses from depends on ids and clocks, so hypothesis draws a seed for each and nothing within.

`benchmarks/returns_machine.py` takes the same steps, many more of them.
"""

from __future__ import annotations

import contextlib
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.returns_machine import runner, steps_late
from tests.returns_machine.dice import Dice
from tests.returns_machine.steps import STEPS

LIVES, STEPS_EACH = 210, 50
SEEDS = st.integers(0, 2**32)


class Desk(RuleBasedStateMachine):
    """A rule for each step, and a seed for what it chooses within."""

    taken = 0
    scenes = Counter()

    def __init__(self):
        super().__init__()
        self.stack = contextlib.ExitStack()
        self.world, self.whole = None, False

    @initialize(seed=SEEDS)
    def open(self, seed):
        self.world = self.stack.enter_context(runner.life(Dice(seed)))

    def take(self, name, seed):
        self.world.dice = Dice(seed)
        self.whole = False
        runner.take(self.world, name)
        self.whole = True
        Desk.taken += 1

    def teardown(self):
        with self.stack:
            if self.whole:
                self.world.dice = Dice(0)
                runner.end(self.world)
                Desk.scenes += self.world.scenes


def _rule(name):
    @rule(seed=SEEDS)
    def run(self, seed):
        self.take(name, seed)

    run.__name__ = name
    return run


for name, (_, weight) in STEPS.items():
    for number in range(max(weight // 2, 1)):
        setattr(Desk, f"{name}_{number}" if number else name, _rule(name))


@pytest.mark.django_db
@pytest.mark.timeout(1800)  # Ten thousand steps, each with all that follows from it, on a busy machine.
def test_no_promise_is_broken_whatever_happens(count):
    run_state_machine_as_test(
        Desk,
        settings=settings(
            max_examples=LIVES,
            stateful_step_count=STEPS_EACH,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Desk.scenes[steps_late.SCENE], "what a gateway gave unheard was never asked for again"
    count(f"{Desk.taken} steps at the returns desk in {LIVES} lives, no promise broken; {dict(Desk.scenes)}")
