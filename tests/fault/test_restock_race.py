"""The verbs of an order at the same moment, on a real Postgres: what cannot both be is one of them."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from saleor_plugins.delivery.deadlocks import unlocked
from saleor_plugins.kernel.errors import OpsError
from saleor_plugins.restock.domain.edits import Edit
from saleor_plugins.restock.domain.order import Arrival
from saleor_plugins.restock.models import Discrepancy, LandedCost, PurchaseOrder, PurchaseOrderLine, Receipt
from saleor_plugins.restock.usecases.approve_order import approve_order
from saleor_plugins.restock.usecases.book_cost import book_cost
from saleor_plugins.restock.usecases.cancel_order import cancel_order
from saleor_plugins.restock.usecases.close_order import close_order
from saleor_plugins.restock.usecases.create_order import create_order
from saleor_plugins.restock.usecases.edit_order import edit_order
from saleor_plugins.restock.usecases.order_lines import Wanted
from saleor_plugins.restock.usecases.receive_order import receive_order
from saleor_plugins.restock.usecases.settle_discrepancy import settle_discrepancy
from saleor_plugins.restock.usecases.suggest import suggest
from tests.fault.restock_scenes import Scene, make_scene
from tests.integration.restock.rooms import events

pytestmark = pytest.mark.usefixtures("transactional_db")

AT_ONCE = 6
SEEDS = range(6)


def race(calls: list[Callable[[], Any]]) -> Counter[str]:
    """All of them, a few at a time, each thread on a connection of its own; answers how many got what."""
    gate, answers, waiting = threading.Barrier(AT_ONCE), Counter[str](), list(calls)

    def run() -> None:
        gate.wait(30)
        try:
            while waiting:
                try:
                    call = waiting.pop()
                except IndexError:
                    break
                answers[_answer(call)] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def _answer(call: Callable[[], Any]) -> str:
    try:
        unlocked(call)
    except OpsError as error:
        return error.code
    except Exception as error:
        return f"unforeseen: {error!r}"
    return "DONE"


def arrives(scene: Scene, note: str, units: int, over: bool = False) -> Callable[[], Any]:
    arrivals = [Arrival(str(line.pk), units) for line in scene.lines]
    return lambda: receive_order(scene.order_id, note, arrivals, accept_over=over)


def test_forty_clerks_with_one_note_book_it_once(count: Any) -> None:
    scene = make_scene("APPROVED")
    answers = race([arrives(scene, "note", 4)] * 40)
    assert answers == {"DONE": 40}
    assert [line.received for line in scene.lines] == [4, 4, 4]
    assert (Receipt.objects.count(), len(events("stock.received"))) == (1, 1)
    scene.check()
    count("40 clerks with one delivery note: booked once")


@pytest.mark.parametrize("seed", SEEDS)
def test_many_notes_at_once_book_what_was_ordered_and_not_a_unit_more(seed: int) -> None:
    dice = random.Random(seed)
    scene = make_scene("APPROVED")
    calls = []
    for number in range(40):
        lines = dice.sample(scene.lines, dice.randint(1, 3))
        arrivals = [Arrival(str(line.pk), dice.randint(1, 4)) for line in lines]
        calls.append(lambda n=number, a=arrivals: receive_order(scene.order_id, f"note {n % 25}", a))
    answers = race(calls)
    assert set(answers) <= {"DONE", "INVALID", "CONFLICT", "IDEMPOTENCY_KEY_REUSED"}, answers
    assert answers["DONE"] > 3
    scene.check()


def test_two_orders_of_the_same_goods_arrive_at_once(count: Any) -> None:
    """Their lines stand in opposite order: locks taken in an order of their own would deadlock."""
    scene = make_scene("APPROVED")
    wanted = [Wanted(variant.id, 10) for variant in reversed(scene.variants)]
    other = approve_order(create_order(scene.room.supplier.pk, scene.room.house.id, wanted).pk)
    theirs = [str(key) for key in other.lines.order_by("id").values_list("pk", flat=True)]
    calls: list[Callable[[], Any]] = []
    for number in range(10):
        arrivals = [Arrival(key, 1) for key in theirs]
        calls.append(arrives(scene, f"a{number}", 1))
        calls.append(lambda n=number, a=arrivals: receive_order(other.pk, f"b{n}", a))
    assert race(calls) == {"DONE": 20}
    assert set(scene.on_hand().values()) == {20, 0}
    assert set(PurchaseOrder.objects.values_list("state", flat=True)) == {"RECEIVED"}
    scene.check()
    count("20 deliveries of two orders with the same goods at once: all booked, no deadlock")


@pytest.mark.parametrize("seed", SEEDS)
def test_cancelling_against_receiving(seed: int) -> None:
    scene = make_scene("APPROVED")
    calls = [arrives(scene, f"note {number}", 2) for number in range(6)]
    calls += [lambda: cancel_order(scene.order_id)] * 3
    random.Random(seed).shuffle(calls)
    answers = race(calls)
    assert set(answers) <= {"DONE", "CONFLICT", "INVALID"}, answers
    order = scene.order
    assert order.state in ("CANCELED", "RECEIVED")
    assert len(events("purchase_order.canceled")) == (order.state == "CANCELED")
    assert not any(line.open for line in scene.lines)
    scene.check()


@pytest.mark.parametrize("seed", SEEDS)
def test_everything_at_once(seed: int) -> None:
    """Receiving, amending, closing short, cancelling, runs: any order of them leaves a sound order."""
    dice = random.Random(seed)
    scene = make_scene("APPROVED")
    one, two, _ = scene.lines
    calls: list[Callable[[], Any]] = [arrives(scene, f"note {number}", 2) for number in range(5)]
    calls.append(arrives(scene, "late", 9, over=True))
    calls += [
        lambda n=n: edit_order(scene.order_id, [Edit(line_id=str(one.pk), quantity=n)]) for n in (3, 9, 14)
    ]
    calls.append(lambda: edit_order(scene.order_id, [Edit(line_id=str(two.pk), remove=True)]))
    calls += [lambda: close_order(scene.order_id), lambda: cancel_order(scene.order_id), suggest, suggest]
    calls += [lambda: approve_order(scene.order_id)]
    dice.shuffle(calls)
    answers = race(calls)
    assert not [name for name in answers if name.startswith("unforeseen")], answers
    assert events("purchase_order.amended") == sorted(
        events("purchase_order.amended"), key=lambda told: told["revision"]
    )
    assert len(events("purchase_order.amended")) == scene.order.revision - 1
    scene.check()


def test_one_draft_line_however_many_people_want_it(count: Any) -> None:
    scene = make_scene()
    want = [Wanted(scene.stray.id, 5, "1.00")]
    house = scene.room.house.id
    create = [lambda: create_order(scene.room.supplier.pk, house, want, currency="USD")] * 10
    euros = [lambda: create_order(scene.room.supplier.pk, house, want, currency="EUR")] * 10
    answers = race([*create, *euros, suggest, suggest])
    # One person had it; of two runs over the same shop one may be told to wait.
    assert answers["INVALID"] == 19 and set(answers) <= {"DONE", "INVALID", "CONFLICT"}, answers
    assert PurchaseOrderLine.objects.filter(variant_id=scene.stray.id).count() == 1
    scene.check()
    count("20 people who order one variant by hand while runs go on: one line")


def test_each_verb_wins_once() -> None:
    scene = make_scene()
    assert race([lambda: approve_order(scene.order_id)] * 12) == {"DONE": 1, "CONFLICT": 11}
    line = str(scene.lines[0].pk)
    edit = [lambda: edit_order(scene.order_id, [Edit(line_id=line, quantity=11)], revision=1)] * 12
    assert race(edit) == {"DONE": 1, "CONFLICT": 11}
    receive_order(scene.order_id, "part", [Arrival(line, 1, damaged=1)])
    assert race([lambda: book_cost(scene.order_id, "bill", "DUTY", "5")] * 12) == {"DONE": 12}
    assert LandedCost.objects.count() == 1
    odd = Discrepancy.objects.get()
    settle = [lambda n=n: settle_discrepancy(odd.pk, f"Credited {n}") for n in range(12)]
    assert race(settle) == {"DONE": 1, "CONFLICT": 11}
    assert race([lambda: close_order(scene.order_id)] * 12) == {"DONE": 1, "CONFLICT": 11}
    assert Discrepancy.objects.filter(kind="SHORT").count() == 3
    assert len(events("purchase_order.received")) == 1
    scene.check()


def test_corrections_at_once_never_take_back_more_than_was_booked() -> None:
    scene = make_scene("APPROVED")
    book_cost(scene.order_id, "bill", "DUTY", "10")
    take = [lambda n=n: book_cost(scene.order_id, f"less {n}", "DUTY", "-3") for n in range(12)]
    assert race(take) == {"DONE": 3, "INVALID": 9}
