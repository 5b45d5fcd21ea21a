"""A worker dies at every step of a what-if run: another does it, once, and the result is the same."""

from __future__ import annotations

import contextlib
import random
from datetime import timedelta
from unittest import mock

import pytest
import time_machine

from saleor_plugins import jobs
from saleor_plugins.delivery.relay import LEASE, drain
from saleor_plugins.fulfillment.models import Backtest
from saleor_plugins.fulfillment.tasks import backtest as tasks_backtest
from saleor_plugins.fulfillment.tasks.backtest import find_dead_backtests
from saleor_plugins.fulfillment.usecases import backtest as use
from tests.integration.fulfillment.backtests import NOW, Shop


class Killed(BaseException):
    """The process is gone: nothing catches it."""


def dies(call=None):
    """Do what `call` does, and be no more."""

    def run(*args, **kwargs):
        if call:
            call(*args, **kwargs)
        raise Killed

    return run


def patched(name, call=None):
    return lambda: mock.patch.object(use.backtests, name, dies(call))


# In the order in which it works.
STEPS = {
    "before it claims": patched("claim"),
    "claimed": patched("claim", use.backtests.claim),
    "while it counts": patched("note"),
    "while it replays": lambda: mock.patch.object(use, "replay", dies(use.replay)),
    "before it ends": patched("finish"),
    "ended, before its message is done": patched("finish", use.backtests.finish),
}


@pytest.fixture
def shop(router):
    with time_machine.travel(NOW, tick=False):
        found = Shop(router)
        drain()
        yield found


def work(kill=None):
    """A worker takes what is due, and maybe dies; answers whether it did."""
    with kill() if kill else contextlib.nullcontext():
        try:
            drain()
        except Killed:
            return True
    return False


def later(minutes):
    return time_machine.travel(NOW + timedelta(minutes=minutes), tick=False)


def expected():
    row = use.ask_backtest(30, queue=False)
    return use.run_backtest(row.pk).result


@pytest.mark.parametrize("step", STEPS)
def test_another_worker_does_it(shop, step):
    result = expected()
    row = use.ask_backtest(30)
    assert work(STEPS[step])
    for minutes in (3, 6):
        with later(minutes):
            find_dead_backtests()
            work()
    found = Backtest.objects.get(pk=row.pk)
    assert (found.state, found.result, found.done, found.total) == ("DONE", result, 6, 6)
    assert found.attempts == (1 if step in ("before it claims", "ended, before its message is done") else 2)


@pytest.mark.parametrize("seed", range(8))
def test_random_deaths_end_in_a_result_or_in_a_word_about_them(shop, seed):
    result = expected()
    row = use.ask_backtest(30)
    dice = random.Random(seed)
    minutes = 0
    for _ in range(5):
        work(dice.choice([*STEPS.values(), None]))
        minutes += 3
        with later(minutes):
            find_dead_backtests()
    with later(minutes + tasks_backtest.LEASE.total_seconds() / 60):
        for _ in range(3):
            find_dead_backtests()
            work()
    found = Backtest.objects.get(pk=row.pk)
    assert found.run is None
    if found.state == "DONE":
        assert found.result == result
    else:
        assert (found.state, found.error) == ("FAILED", "Its worker died 3 times.")


def test_a_run_is_given_up_for_dead_sooner_than_its_message():
    assert jobs.UNHEARD < LEASE < tasks_backtest.LEASE
