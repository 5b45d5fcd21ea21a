from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from celery import Celery

from saleor_plugins.delivery import (
    Message,
    Park,
    Retry,
    emit,
    relay,
    retries,
    subscribe,
    sweeper,
    tasks,
    wake,
)
from saleor_plugins.delivery.models import Delivery, Inbox, State
from saleor_plugins.delivery.registry import Registry
from saleor_plugins.kernel import clock

pytestmark = pytest.mark.django_db


def remember(name: str) -> None:
    Inbox.objects.create(source="test", message_id=name, received=clock.now())


def remembered() -> list[str]:
    return list(Inbox.objects.order_by("pk").values_list("message_id", flat=True))


def due() -> None:
    """Let the waiting time pass."""
    Delivery.objects.filter(state__in=[State.PENDING, State.LEASED]).update(due_at=clock.now())


def test_a_handler_gets_the_event_and_is_done() -> None:
    got: list[Message] = []
    subscribe("a", name="one")(got.append)
    key = emit("a", {"n": 1})
    assert relay.run() == 1
    assert relay.run() == 0
    (message,) = got
    assert (message.id, message.topic, message.data, message.attempt) == (key, "a", {"n": 1}, 1)
    row = Delivery.objects.get()
    assert (row.state, row.lease, row.last_error) == ("DONE", None, "")
    assert row.settled_at


@pytest.mark.parametrize(("atomic", "left"), [(True, []), (False, ["half"])])
def test_a_failed_attempt_waits_and_only_an_atomic_one_is_undone(atomic: bool, left: list[str]) -> None:
    @subscribe("a", name="one", atomic=atomic)
    def handler(message: Message) -> None:
        remember("half")
        raise KeyError("jane@example.com")

    emit("a", {})
    relay.run()
    row = Delivery.objects.get()
    assert (row.state, row.attempts, row.lease) == ("PENDING", 1, None)
    assert timedelta(seconds=4) < row.due_at - clock.now() < timedelta(seconds=7)
    assert row.last_error.startswith("KeyError at test_relay.py:")
    assert "jane" not in str(row.log)
    assert remembered() == left


def test_the_last_attempt_parks_and_a_replay_starts_over() -> None:
    seen: list[int] = []

    @subscribe("a", name="one")
    def handler(message: Message) -> None:
        seen.append(message.attempt)
        if len(seen) <= len(retries.HANDLER) + 1:
            raise ValueError

    emit("a", {})
    for _ in range(20):
        due()
        relay.run()
    row = Delivery.objects.get()
    assert row.state == "DEAD"
    assert seen == list(range(1, 11))
    assert len(row.log) == 10
    assert relay.replay(Delivery.objects.all()) == 1
    assert relay.replay(Delivery.objects.all()) == 0
    relay.run()
    assert Delivery.objects.get().state == "DONE"
    assert seen[-1] == 1


def test_retry_and_park_are_obeyed() -> None:
    @subscribe("a", name="later")
    def later(message: Message) -> None:
        raise Retry("The carrier is closed.", after=timedelta(hours=3))

    @subscribe("a", name="never")
    def never(message: Message) -> None:
        raise Park("The order is gone.")

    emit("a", {})
    relay.run()
    rows = {row.subscriber: row for row in Delivery.objects.all()}
    assert rows["later"].state == "PENDING"
    assert rows["later"].due_at - clock.now() > timedelta(hours=2, minutes=59)
    assert (rows["never"].state, rows["never"].last_error) == ("DEAD", "Park: The order is gone.")


def test_poison_does_not_hold_up_the_others() -> None:
    @subscribe("poison", name="poison")
    def poison(message: Message) -> None:
        raise ValueError

    subscribe("a", name="one")(lambda message: remember(str(message.data["n"])))
    emit("poison", {})
    for n in range(5):
        emit("a", {"n": n})
    relay.run()
    assert sorted(remembered()) == list("01234")
    assert Delivery.objects.exclude(state="DONE").get().subscriber == "poison"


def test_a_message_that_kills_its_workers_is_parked() -> None:
    subscribe("a", name="one")(lambda message: None)
    emit("a", {})
    for _ in range(len(retries.HANDLER) + 1):
        assert relay.claim()  # and dies
        assert relay.claim() is None
        due()
    relay.run()
    assert Delivery.objects.get().last_error == "Park: Its workers died."


def test_a_stale_worker_is_turned_away() -> None:
    subscribe("a", name="one")(lambda message: remember(str(message.attempt)))
    emit("a", {})
    stale = relay.claim()
    due()
    fresh = relay.claim()
    assert stale and fresh and stale.pk == fresh.pk
    assert isinstance(relay.deliver(stale), relay.Stale)
    assert remembered() == []
    assert relay.deliver(fresh) is None
    assert isinstance(relay.deliver(stale), relay.Stale)
    assert remembered() == ["2"]


@pytest.mark.parametrize("taken", [True, False])
def test_a_stale_failure_changes_nothing_either(taken: bool) -> None:
    @subscribe("a", name="one", atomic=False)
    def handler(message: Message) -> None:
        if taken:
            Delivery.objects.update(state=State.DONE, lease=None)
        raise ValueError

    emit("a", {})
    relay.run()
    assert Delivery.objects.get().state == ("DONE" if taken else "PENDING")


def test_rows_of_an_unknown_handler_wait(own_registry: Registry) -> None:
    subscribe("a", name="one")(print)
    emit("a", {})
    handler = own_registry.handlers.pop("one")
    assert relay.run() == 0
    assert Delivery.objects.get().attempts == 0
    own_registry.handlers["one"] = handler
    assert relay.run() == 1


def test_what_a_handler_emits_is_found_in_the_same_run() -> None:
    subscribe("a", name="one")(lambda message: emit("b", {}))
    subscribe("b", name="two")(lambda message: remember("b"))
    emit("a", {})
    assert relay.run() == 2
    assert remembered() == ["b"]


def test_a_run_inside_a_run_leaves_the_work_to_the_outer_one() -> None:
    inner: list[int] = []
    subscribe("a", name="one")(lambda message: inner.append(relay.run()))
    emit("a", {})
    emit("a", {})
    assert relay.run() == 2
    assert inner == [0, 0]


def test_a_handler_may_ask_for_a_longer_lease() -> None:
    subscribe("a", name="one", atomic=False, lease=timedelta(hours=2))(lambda message: None)
    emit("a", {})
    taken = relay.claim()
    assert taken
    assert timedelta(minutes=119) < taken.due_at - clock.now() < timedelta(minutes=121)


def test_without_a_broker_the_work_is_done_after_the_commit(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    app = Celery(set_as_current=False)
    app.conf.task_always_eager = True
    monkeypatch.setattr(wake, "current_app", app)
    subscribe("a", name="one")(lambda message: emit("b", {}))
    subscribe("b", name="two")(lambda message: remember("b"))
    with django_capture_on_commit_callbacks(execute=True):
        emit("a", {})
        assert remembered() == []
    assert remembered() == ["b"]


def test_drain_shows_a_test_what_went_wrong() -> None:
    @subscribe("a", name="one")
    def handler(message: Message) -> None:
        raise ZeroDivisionError

    emit("a", {})
    with pytest.raises(ZeroDivisionError):
        relay.drain()
    due()
    assert relay.drain(strict=False) == 1
    assert Delivery.objects.get().attempts == 2


def test_a_run_costs_the_same_however_much_is_waiting(django_assert_num_queries: Any) -> None:
    subscribe("a", name="one")(lambda message: None)
    for _ in range(3):
        emit("a", {}, delay=timedelta(hours=1))
    emit("a", {})
    # Claim: savepoint, select, update, release. Deliver: savepoint, time-out, done, release.
    # Then two looks that find nothing.
    with django_assert_num_queries(4 + 4 + 2 * 3):
        relay.run()


def test_the_sweep_calls_everyone_whoever_fails(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[str] = []

    @sweeper("broken")
    def broken() -> None:
        raise ValueError("jane@example.com")

    sweeper("fine")(lambda: seen.append("fine"))
    tasks.sweep()
    assert seen == ["fine"]
    assert "broken" in caplog.text
    assert "jane" not in caplog.text
