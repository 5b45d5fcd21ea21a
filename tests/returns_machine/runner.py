"""One life of the machine: steps, checks after each, and an end at which everything is settled."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from unittest import mock

from django.db import DatabaseError, transaction

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import OpsError
from saleor_plugins.platform import use

from . import checks, ending, steps_desk, steps_exchange, steps_late, steps_money, steps_parcels, steps_shop
from .dice import Dice
from .steps import STEPS, wheel
from .world import Violation, World

assert steps_exchange and steps_late and steps_money and steps_parcels and steps_shop


@contextlib.contextmanager
def life(dice: Dice) -> Iterator[World]:
    """A world of its own; whatever happens in it is rolled back."""
    with transaction.atomic():
        world = start(dice)
        with use(world.shop), mock.patch.object(clock, "now", world.now):
            yield world
        transaction.set_rollback(True)


def start(dice: Dice) -> World:
    """A world with one order of which something was shipped."""
    world = World(dice)
    with use(world.shop), mock.patch.object(clock, "now", world.now):
        steps_shop.ship(world)
    return world


def take(world: World, name: str | None = None) -> None:
    """One step (the named one, where it finds something to do), and the checks after it. Raises Violation."""
    world.later(seconds=1)
    world.look_again()
    try:
        tried = name or world.dice.one(_WHEEL)
        for _ in range(TRIES):
            if STEPS[tried][0](world) is not False:
                break
            tried = world.dice.one(_WHEEL)
        else:
            tried = "wrong_verb"
            steps_desk.wrong_verb(world)
        checks.after_step(world)
    except DatabaseError as error:
        raise Violation(f"The database had to refuse it: {error}") from error
    except OpsError as error:
        raise Violation(f"{type(error).__name__} {error.code} outside of any call") from error
    world.counts[tried] += 1


def end(world: World) -> None:
    """Everything is settled, comes home and is given back; then the last sums are made."""
    ending.settle(world)
    checks.money(world)
    ending.bring_home(world)
    checks.after_step(world)
    checks.money(world)
    checks.never_more_than_taken(world)
    ending.check_all_paid_back(world)
    ending.check_audit(world)


_WHEEL = wheel()
# Steps tried until one finds something to do.
TRIES = 5
