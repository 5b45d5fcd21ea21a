"""A worker dies at every statement of every verb of an order: all of it was, or nothing; then it is done once."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import contextmanager, suppress
from typing import Any
from unittest import mock

import pytest
from django.db import Error, connection

from saleor_plugins.kernel.errors import OpsError
from saleor_plugins.restock.domain.order import Arrival
from saleor_plugins.restock.usecases.audit import audit
from saleor_plugins.restock.usecases.receive_order import receive_order
from tests.fault.restock_scenes import VERBS, Scene, make_scene

pytestmark = pytest.mark.usefixtures("transactional_db")

REPEATABLE = {"postpone", "receive", "receive all", "receive the rest", "book a cost", "settle"}
"""Verbs that answer the same when they are asked again; the others say that it is done."""

WATCHED = ("ops_", "warehouse_stock")


class Killed(BaseException):
    """The process is gone: nothing catches it, its transaction rolls back."""


def fingerprint() -> dict[str, Any]:
    """What stands in every table of ours, and in Saleor's stock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        names = [name for (name,) in cursor.fetchall() if name.startswith(WATCHED)]
        state = {}
        for name in names:
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {name} t"
            )
            state[name] = cursor.fetchone()
    return state


def gone() -> None:
    """The connection breaks as if the process had been killed."""
    connection.connection.close()
    raise Killed


@contextmanager
def dies_at(statement: int, seen: list[str]) -> Any:
    """Die before that statement, counted from 0; `seen` are those that ran."""

    def run(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if len(seen) == statement:
            gone()
        seen.append(sql)
        return execute(sql, *rest)

    with suppress(Killed), connection.execute_wrapper(run):
        yield
    if connection.connection is not None and connection.connection.closed:
        connection.close()
        connection.connect()


def again(name: str, scene: Scene) -> None:
    """Somebody does it again, not knowing that it was done."""
    before = fingerprint()
    try:
        VERBS[name][1](scene)
        assert name in REPEATABLE
    except OpsError as error:
        assert name not in REPEATABLE, error
    assert fingerprint() == before


@pytest.mark.parametrize("name", [name for name in VERBS if name != "note"])
def test_a_verb_that_dies_at_any_statement_never_was_and_is_then_done_once(name: str, count: Any) -> None:
    scene = make_scene(VERBS[name][0])
    before, killed = fingerprint(), 0
    while True:
        ended = False
        with dies_at(killed, []):
            VERBS[name][1](scene)
            ended = True
        if ended:
            break
        assert fingerprint() == before, f"{name}, killed at statement {killed}"
        killed += 1
    assert killed > 2
    scene.check()
    assert fingerprint() != before
    again(name, scene)
    count(f"{name}: killed at each of its {killed} statements, each time nothing was left; then done once")


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_that_dies_at_its_commit_never_was(name: str) -> None:
    scene = make_scene(VERBS[name][0])
    before = fingerprint()
    with mock.patch.object(connection, "commit", gone), suppress(Killed, Error):
        VERBS[name][1](scene)
    connection.close()
    connection.connect()
    assert fingerprint() == before
    VERBS[name][1](scene)
    scene.check()


@pytest.mark.parametrize("name", [name for name in VERBS if name != "note"])
def test_a_verb_whose_answer_was_lost_is_not_done_again(name: str) -> None:
    """The commit went through, and then the worker died: whoever asks again changes nothing."""
    scene = make_scene(VERBS[name][0])
    VERBS[name][1](scene)
    connection.close()
    again(name, scene)
    scene.check()


@pytest.mark.parametrize("seed", range(5))
def test_deliveries_that_die_and_are_repeated_are_booked_once(seed: int) -> None:
    """Forty attempts at ten delivery notes, most of them killed somewhere."""
    dice = random.Random(seed)
    scene = make_scene("APPROVED")
    one, two, three = scene.lines
    notes = {f"note {n}": [Arrival(str(line.pk), 3)] for n, line in enumerate([one, two, three] * 3)}
    notes["rest"] = [Arrival(str(line.pk), 1) for line in (three, one, two)]
    done: set[str] = set()
    for _ in range(40):
        note = dice.choice(list(notes))
        fate = dice.choice([None, *range(0, 40, 3)])
        seen: list[str] = []
        with dies_at(-1 if fate is None else fate, seen):
            receive_order(scene.order_id, note, notes[note])
            done.add(note)
    for note, arrivals in notes.items():
        receive_order(scene.order_id, note, arrivals)
    assert [line.received for line in scene.lines] == [10, 10, 10]
    assert scene.order.state == "RECEIVED"
    assert scene.on_hand() == {variant.id: 10 for variant in scene.variants} | {scene.stray.id: 0}
    assert audit() == [] and len(done) > 1
    scene.check()
