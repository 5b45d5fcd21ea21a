"""A wave over real orders: what it commits, what it leaves, and what happens when things change meanwhile."""

from __future__ import annotations

import io
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from saleor_plugins.delivery.models import Event
from saleor_plugins.delivery.relay import drain
from saleor_plugins.fulfillment.domain.wave.state import WAVE
from saleor_plugins.fulfillment.models import PlannedParcel, RoutingDecision, Wave
from saleor_plugins.fulfillment.store import waves as rows
from saleor_plugins.fulfillment.tasks.waves import find_dead_waves
from saleor_plugins.fulfillment.usecases import route_wave as use
from saleor_plugins.fulfillment.usecases.hold_order import hold_order
from saleor_plugins.fulfillment.usecases.route_order import route_order
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict, Invalid
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import Allocation, OrderStatus
from tests.integration.fulfillment.life import change_address

RUN = """mutation($limit: Int, $seconds: Int) { waveRun(limit: $limit, seconds: $seconds) {
  wave { id state limit orders cost { amount } } errors { field code message } } }"""
READ = """query($id: ID!) { wave(id: $id) { id state orders alone moved changed method note gap seconds finished
  cost { amount currency } singleCost { amount } saving { amount } bound { amount }
  decisions { edges { node { orderId trigger plan { explanation } } } } } }"""


class Scene:
    """Two orders want the one shirt that lies near: the older alone, the younger beside a mug that is only there."""

    def __init__(self, router):
        self.router, w = router, router.w
        self.near = w.make_warehouse("Near")
        self.far = w.make_warehouse("Far", country="DE", countries=["US"])
        self.shirt = w.make_variant(stock={self.near: 1, self.far: 1}, weight_grams=0)
        self.mug = w.make_variant(stock={self.near: 1}, weight_grams=0)
        self.old = w.make_order([(self.shirt, 1)], allocate=False)
        self.young = w.make_order([(self.shirt, 1), (self.mug, 1)], allocate=False)

    def promise(self):
        """As the sorting order would: whoever comes first gets what lies near."""
        self.hold(self.old, {self.shirt: self.near})
        self.hold(self.young, {self.shirt: self.far, self.mug: self.near})

    def hold(self, order, places):
        by_variant = {line.variant_id: line.id for line in order.lines}
        plan = [Allocation(by_variant[variant.id], place.id, 1) for variant, place in places.items()]
        self.router.shop.allocate(order.id, plan)

    @property
    def held(self):
        return self.router.held(self.old.id), self.router.held(self.young.id)

    @property
    def apart(self):
        """Each gets its best, the older first."""
        return {self.near.id: 1}, {self.far.id: 1, self.near.id: 1}

    @property
    def together(self):
        return {self.far.id: 1}, {self.near.id: 2}

    def oversold(self):
        stocks = self.router.shop.stocks([self.shirt.id, self.mug.id])
        return [row for row in stocks if row.free < 0]


@pytest.fixture
def scene(router):
    return Scene(router)


def wave(**more):
    row = use.ask_wave(queue=False, **more)
    return use.run_wave(row.pk)


def test_orders_are_decided_together(scene) -> None:
    row = wave()
    assert scene.held == scene.together
    assert (row.state, row.method, row.orders, row.moved, row.changed, row.alone) == (
        "DONE",
        "WHOLE",
        2,
        2,
        0,
        0,
    )
    # Built-in rates: a parcel costs 5 at home and 15 from abroad.
    assert (row.single_cost, row.cost, row.bound, row.currency) == (2500, 2000, 2000, "USD")
    assert row.gap == 0.0 and row.seconds > 0 and row.note == ""
    made = RoutingDecision.objects.filter(wave=row).order_by("order_id")
    assert {found.order_id for found in made} == {scene.old.id, scene.young.id}
    assert {(found.trigger, found.why) for found in made} == {("WAVE", "FIRST")}
    told = {found.order_id: found.explanation["sentences"] for found in made}
    assert told[scene.old.id][-1].endswith("alone it would have been Near for 5.00 USD.")
    assert "Decided in a wave of 2 orders; alone it would have been" in told[scene.young.id][-1]
    assert not scene.oversold()
    event = Event.objects.get(topic="wave.finished")
    assert (event.data["cost"], event.data["singleCost"], event.data["moved"]) == (2000, 2500, 2)


def test_a_settled_plan_gives_way_and_two_orders_swap_without_free_stock(scene) -> None:
    scene.promise()
    route_order(scene.old.id)
    route_order(scene.young.id)
    assert scene.held == scene.apart
    row = wave()
    assert scene.held == scene.together
    assert (row.moved, row.changed) == (2, 0)
    assert not scene.oversold()
    planned = set(PlannedParcel.objects.values_list("order_id", "warehouse_id"))
    assert planned == {(scene.old.id, scene.far.id), (scene.young.id, scene.near.id)}
    assert Event.objects.filter(topic="order.rerouted").count() == 2


def test_a_second_wave_changes_nothing(scene) -> None:
    wave()
    count = RoutingDecision.objects.count()
    row = wave()
    assert (row.state, row.method, row.moved) == ("DONE", "SINGLE", 0)
    assert row.note == "Decided order by order: nothing better was found."
    assert RoutingDecision.objects.count() == count
    assert scene.held == scene.together


def test_only_open_due_orders_that_nobody_holds(router, scene) -> None:
    router.switch(route_when="paid")
    held = router.w.make_order([(scene.shirt, 1)], allocate=False)
    hold_order(held.id, "Wait")
    unpaid = router.w.make_order([(scene.shirt, 1)], allocate=False, paid=False)
    gone = router.w.make_order([(scene.shirt, 1)], allocate=False, status=OrderStatus.CANCELED)
    row = wave()
    assert row.orders == 2
    assert all(router.held(order.id) == {} for order in (held, unpaid, gone))
    assert scene.held == scene.together


def test_at_most_the_limit(router, scene) -> None:
    assert wave(at_most=1).orders == 1
    assert (scene.held[0], scene.held[1]) == ({scene.near.id: 1}, {})


def test_no_orders(router) -> None:
    row = wave()
    assert (row.state, row.orders, row.method) == ("DONE", 0, "SINGLE")
    assert row.note == "There is no order to decide about."


def test_what_is_short_of_stock_goes_to_the_older(router, scene) -> None:
    third = router.w.make_order([(scene.shirt, 1)], allocate=False)
    row = wave()
    assert scene.held == scene.together
    assert router.held(third.id) == {}
    assert RoutingDecision.objects.get(order_id=third.id).outcome == "UNROUTABLE"
    assert (row.moved, row.cost) == (3, 2000)


@contextmanager
def meanwhile(change):
    """`change` happens after the wave was decided and before anything of it is committed."""
    real = use.commit_wave

    def commit(*args, **kwargs):
        change()
        return real(*args, **kwargs)

    with mock.patch.object(use, "commit_wave", commit):
        yield


def test_an_order_that_was_edited_meanwhile_is_routed_alone(scene) -> None:
    scene.promise()
    with meanwhile(lambda: change_address(scene.old, city="Elsewhere", postal_code="99999")):
        row = wave()
    assert row.state == "DONE"
    assert row.changed >= 1
    assert not scene.oversold()
    assert sum(scene.held[0].values()) == 1 and sum(scene.held[1].values()) == 2
    assert not RoutingDecision.objects.filter(wave=row, order_id=scene.old.id).exists()


def test_an_order_that_was_cancelled_meanwhile_holds_nothing(router, scene) -> None:
    def cancel():
        router.shop.allocate(scene.old.id, [])
        router.w.set_status(scene.old, OrderStatus.CANCELED)

    with meanwhile(cancel):
        row = wave()
    assert row.state == "DONE"
    assert scene.held == ({}, {scene.near.id: 2})


def test_an_order_that_was_held_meanwhile_stays_as_it_is(scene) -> None:
    scene.promise()
    with meanwhile(lambda: hold_order(scene.old.id, "Wait")):
        row = wave()
    assert row.state == "DONE"
    assert scene.held == scene.apart
    assert not scene.oversold()


def test_a_plan_that_knows_less_than_the_order_holds_by_now_is_put_aside(router) -> None:
    here = router.w.make_warehouse()
    shirt = router.w.make_variant(stock={here: 2})
    order = router.w.make_order([(shirt, 3)], allocate=False)

    def arrive():
        router.w.set_stock(shirt, here, 3)
        assert route_order(order.id).decision.outcome == "ROUTED"

    with meanwhile(arrive):
        row = wave()
    assert row.changed == 1
    last = RoutingDecision.objects.filter(order_id=order.id).latest("version")
    assert (last.outcome, router.held(order.id)) == ("ROUTED", {here.id: 3})


def test_stock_that_was_taken_meanwhile_is_not_promised(router, scene) -> None:
    with meanwhile(lambda: router.w.set_stock(scene.shirt, scene.near, 0)):
        row = wave()
    assert row.changed == 1
    assert scene.held == ({scene.far.id: 1}, {scene.near.id: 1})
    assert not scene.oversold()


def test_a_deleted_warehouse_does_not_stop_the_wave(router, scene) -> None:
    with meanwhile(lambda: router.w.set_stock(scene.shirt, scene.far, None)):
        row = wave()
    assert row.state == "DONE"
    assert not scene.oversold()


def test_nothing_is_decided_inside_a_transaction(scene) -> None:
    seen = []
    real = use.solve_wave

    def solve(*args, **kwargs):
        seen.append([entry["sql"] for entry in queries.captured_queries if "FOR UPDATE" in entry["sql"]])
        return real(*args, **kwargs)

    with CaptureQueriesContext(connection) as queries, mock.patch.object(use, "solve_wave", solve):
        wave()
    assert seen == [[]]


def test_reading_takes_the_same_queries_for_any_number_of_orders(router, scene) -> None:
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            use.plan_wave()
        counts.append(len(queries))
        for _ in range(5):
            router.w.make_order([(scene.shirt, 1)], allocate=False)
    assert counts[0] == counts[1]


def test_a_dry_run_changes_nothing(scene) -> None:
    planned = use.plan_wave()
    assert planned.outcome["cost"] == 2000
    assert scene.held == ({}, {})
    assert not RoutingDecision.objects.exists() and not Wave.objects.exists()


class TestRow:
    """One wave at a time, and none is lost."""

    def test_the_database_lets_one_run(self, router) -> None:
        first, second = (use.ask_wave(queue=False) for _ in range(2))
        token = rows.claim_wave(first.pk, clock.now())
        assert token and rows.claim_wave(second.pk, clock.now()) is None
        with pytest.raises(IntegrityError), transaction.atomic():
            Wave.objects.filter(pk=second.pk).update(state="RUNNING", run=token, seen_at=clock.now())
        assert use.run_wave(second.pk) is None
        assert rows.wave(second.pk).state == "QUEUED"
        assert rows.finish_wave(first.pk, token)
        assert use.run_wave(second.pk).state == "DONE"

    def test_one_that_was_not_heard_of_is_taken_over(self, scene) -> None:
        row = use.ask_wave(queue=False)
        rows.claim_wave(row.pk, clock.now())
        assert use.run_wave(row.pk) is None
        with time_machine.travel(clock.now() + use.UNHEARD + timedelta(minutes=1)):
            find_dead_waves()
            drain()
            assert rows.wave(row.pk).state == "DONE"
        assert scene.held == scene.together

    def test_three_dead_workers_end_it(self, router) -> None:
        row = use.ask_wave(queue=False)
        Wave.objects.filter(pk=row.pk).update(attempts=2)
        rows.claim_wave(row.pk, clock.now())
        with time_machine.travel(clock.now() + use.UNHEARD + timedelta(minutes=1)):
            find_dead_waves()
        found = rows.wave(row.pk)
        assert (found.state, found.note) == ("FAILED", "Its worker died 3 times.")

    def test_a_queued_one_whose_message_is_lost_is_found(self, scene) -> None:
        row = use.ask_wave(queue=False)
        find_dead_waves()
        drain()
        assert rows.wave(row.pk).state == "DONE"

    def test_who_was_taken_over_writes_nothing_more(self, scene) -> None:
        row = use.ask_wave(queue=False)
        with mock.patch.object(rows, "note_wave", return_value=False):
            assert use.run_wave(row.pk).state == "RUNNING"
        assert scene.held == ({}, {})

    def test_what_goes_wrong_is_said_and_raised(self, scene) -> None:
        row = use.ask_wave(queue=False)
        with (
            mock.patch.object(use, "solve_wave", side_effect=ZeroDivisionError),
            pytest.raises(ZeroDivisionError),
        ):
            use.run_wave(row.pk)
        found = rows.wave(row.pk)
        assert found.state == "FAILED" and "ZeroDivisionError" in found.note

    def test_asking_for_too_much(self, router) -> None:
        for field, more in (
            ("limit", {"at_most": 0}),
            ("limit", {"at_most": 10_001}),
            ("seconds", {"seconds": 0}),
        ):
            with pytest.raises(Invalid) as error:
                use.ask_wave(**more)
            assert error.value.field == field
        for _ in range(5):
            use.ask_wave(queue=False)
        with pytest.raises(Conflict):
            use.ask_wave(queue=False)


class Killed(BaseException):
    """The process is gone: nothing catches it."""


@pytest.mark.parametrize("after", [0, 1])
def test_killed_while_it_commits_and_run_again(scene, after: int) -> None:
    from saleor_plugins.fulfillment.usecases import commit_wave as committing

    real, calls = committing.commit_plan, []

    def dies(*args, **kwargs):
        if len(calls) >= after:
            raise Killed
        calls.append(args)
        return real(*args, **kwargs)

    row = use.ask_wave()
    with mock.patch.object(committing, "commit_plan", dies), pytest.raises(Killed):
        drain()
    assert rows.wave(row.pk).state == "RUNNING"
    assert RoutingDecision.objects.count() == after
    assert not scene.oversold()
    with time_machine.travel(clock.now() + use.UNHEARD + timedelta(minutes=1)):
        find_dead_waves()
        drain()
    found = rows.wave(row.pk)
    assert (found.state, found.attempts) == ("DONE", 2)
    assert scene.held == scene.together
    assert Event.objects.filter(topic="wave.finished").count() == 1
    assert RoutingDecision.objects.filter(wave=row).count() == 2


class TestApi:
    """Over GraphQL."""

    def test_run_and_read(self, router, staff, scene) -> None:
        answer = router.ask(RUN, staff, limit=50, seconds=5)["data"]["waveRun"]
        assert answer["errors"] == []
        asked = answer["wave"]
        assert (asked["state"], asked["limit"], asked["cost"]) == ("QUEUED", 50, None)
        drain()
        found = router.ask(READ, staff, id=asked["id"])["data"]["wave"]
        assert (found["state"], found["method"], found["orders"], found["moved"]) == ("DONE", "WHOLE", 2, 2)
        assert found["cost"] == {"amount": "20.00", "currency": "USD"}
        amounts = [found[name]["amount"] for name in ("singleCost", "saving", "bound")]
        assert amounts == ["25.00", "5.00", "20.00"]
        assert found["gap"] == 0.0
        nodes = [edge["node"] for edge in found["decisions"]["edges"]]
        assert {node["orderId"] for node in nodes} == {scene.old.id, scene.young.id}
        assert {node["trigger"] for node in nodes} == {"WAVE"}
        listed = router.ask("{ waves { edges { node { id } } } }", staff)["data"]["waves"]["edges"]
        assert [edge["node"]["id"] for edge in listed] == [asked["id"]]

    def test_bad_input_names_its_field(self, router, staff) -> None:
        answer = router.ask(RUN, staff, limit=0)["data"]["waveRun"]
        assert [(error["field"], error["code"]) for error in answer["errors"]] == [("limit", "INVALID")]
        assert not Wave.objects.exists()

    def test_nobody_else(self, router, scene) -> None:
        token = router.token("MANAGE_PLUGINS")
        assert router.ask(RUN, token)["data"]["waveRun"]["errors"][0]["code"] == "PERMISSION_DENIED"
        row = use.ask_wave(queue=False)
        assert "errors" in router.ask(READ, token, id=to_global("Wave", row.pk))
        assert "errors" in router.ask("{ waves { edges { node { id } } } }", token)

    def test_switched_off_meanwhile(self, router, scene) -> None:
        row = use.ask_wave()
        router.switch(False)
        drain()
        found = rows.wave(row.pk)
        assert (found.state, found.note) == ("FAILED", "Order routing was switched off.")


def command(*arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("route_wave", *arguments, stdout=out, stderr=err)
    except SystemExit as stopped:
        return int(stopped.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_the_command(scene) -> None:
    code, out, _ = command("--dry-run", "--seconds", "5")
    assert code == 0
    assert out.splitlines()[:5] == [
        "2 orders, 2 decided together (WHOLE).",
        "  One by one: 25.00 USD",
        "  Together:   20.00 USD, 20.0% less",
        "  Proven:     no plan costs less than 20.00 USD (gap 0.00%)",
        "Nothing was changed (--dry-run).",
    ]
    assert scene.held == ({}, {})
    code, out, _ = command("--seconds", "5")
    assert code == 0
    assert "2 new decisions; 0 orders had changed and were routed alone." in out
    assert scene.held == scene.together
    code, _, err = command("--limit", "0")
    assert (code, err) == (1, "--limit: Must be from 1 to 10000.\n")
    rows.claim_wave(use.ask_wave(queue=False).pk, clock.now())
    code, _, err = command()
    assert (code, err) == (1, "Another wave runs.\n")


def test_the_docs_have_the_table_of_states() -> None:
    assert WAVE.table() in (Path(__file__).parents[3] / "docs" / "routing.md").read_text()
