from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction

from saleor_plugins.delivery import declare, emit, emit_many, receive, relay, subscribe, wake
from saleor_plugins.delivery.endpoints import create, update
from saleor_plugins.delivery.models import Delivery, Event, Inbox
from saleor_plugins.kernel.ids import to_global

pytestmark = pytest.mark.django_db


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    calls: list[int] = []
    monkeypatch.setattr(wake, "_publish", lambda: calls.append(1))
    monkeypatch.setattr(wake, "_rest_until", 0.0)
    return calls


def test_each_subscriber_gets_its_row() -> None:
    subscribe("a", name="one")(print)
    subscribe("a", name="two", atomic=False)(print)
    subscribe("b", name="three")(print)
    key = emit("a", {"orderId": to_global("Order", 1)})
    assert isinstance(key, UUID)
    assert key.version == 7
    assert set(Delivery.objects.values_list("event_id", "subscriber", "state")) == {
        (key, "one", "PENDING"),
        (key, "two", "PENDING"),
    }


def test_only_declared_topics_leave_the_house() -> None:
    declare("public", "")
    first = create("https://one.example/", ["public"])
    update(str(create("https://two.example/", ["public"]).pk), enabled=False)
    emit("public", {})
    emit("internal", {})
    assert [row.endpoint_id for row in Delivery.objects.all()] == [first.pk]


def test_a_key_is_emitted_once_per_topic() -> None:
    subscribe("a", name="one")(print)
    first = emit("a", {"n": 1}, key="k")
    assert emit("a", {"n": 2}, key="k") == first
    assert emit("b", {"n": 3}, key="k") != first
    assert emit("a", {}) != emit("a", {})
    assert Event.objects.get(pk=first).data == {"n": 1}
    assert Delivery.objects.filter(event=first).count() == 1


def test_many_are_emitted_as_one_is(django_assert_num_queries, woken: list[int]) -> None:
    declare("a", "")
    subscribe("a", name="one")(print)
    endpoint = create("https://one.example/", ["a"])
    known = emit("a", {"n": 0}, key="k0")
    with django_assert_num_queries(4):
        assert emit_many("a", {f"k{n}": {"n": n} for n in range(30)}) == 29
    assert emit_many("a", {f"k{n}": {"n": -1} for n in range(30)}) == 0
    assert emit_many("a", {}) == 0
    events = {event.key: event for event in Event.objects.filter(topic="a")}
    assert {key: event.data for key, event in events.items()} == {f"k{n}": {"n": n} for n in range(30)}
    assert events["k0"].pk == known
    assert set(Delivery.objects.values_list("event__key", "subscriber", "endpoint_id")) == {
        *((key, "one", None) for key in events),
        *((key, f"webhook:{endpoint.pk}", endpoint.pk) for key in events),
    }


def test_many_leave_only_with_the_transaction() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        emit_many("a", {"k": {}})
        raise RuntimeError
    assert not Event.objects.exists()
    assert emit_many("a", {"k": {}}) == 1


def test_a_delayed_event_is_not_seen_before() -> None:
    seen: list[str] = []
    subscribe("a", name="one")(lambda message: seen.append(message.topic))
    emit("a", {}, delay=timedelta(minutes=1))
    assert relay.drain() == 0
    Delivery.objects.update(due_at=Event.objects.get().created)
    assert relay.drain() == 1
    assert seen == ["a"]


def test_receive_remembers_and_emits_together() -> None:
    subscribe("inbox.shop.paid", name="one")(print)
    assert receive("shop", "1", "paid", {"n": 1})
    assert not receive("shop", "1", "paid", {"n": 2})
    assert receive("other", "1", "paid", {})
    assert Event.objects.get(topic="inbox.shop.paid").data == {"n": 1}
    assert Inbox.objects.count() == 2
    with pytest.raises(RuntimeError), transaction.atomic():
        receive("shop", "2", "paid", {})
        raise RuntimeError
    assert receive("shop", "2", "paid", {})


def test_one_call_for_each_transaction(woken: list[int], django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(10):
            emit("a", {})
    assert len(woken) == 1


def test_a_rolled_back_savepoint_takes_no_call_with_it(
    woken: list[int], django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        with pytest.raises(RuntimeError), transaction.atomic():
            emit("a", {})
            raise RuntimeError
        emit("a", {})
    assert len(woken) == 1
    assert Event.objects.count() == 1


def test_nothing_is_called_for_what_never_happened(
    woken: list[int], django_capture_on_commit_callbacks
) -> None:
    emit("a", {}, key="k")
    woken.clear()
    with django_capture_on_commit_callbacks(execute=True):
        emit("a", {}, key="k")
    assert woken == []
