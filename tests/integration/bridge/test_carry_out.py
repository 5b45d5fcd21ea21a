"""Workers: none sleeps long, waiting uses up no attempt, and what cannot be done is never open for ever."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest

pytestmark = pytest.mark.parametrize("saleor", ["v2"], indirect=True)


@pytest.fixture
def recorded(saleor: Any, store: Any, planned: Any) -> Any:
    """A change to make one product, handed over."""
    from shopify_bridge.models import Change
    from shopify_bridge.usecases.apply import prepare, record
    from shopify_bridge.usecases.sides import Sides

    saleor.product(1, "Product 1")
    prepare(Sides(store))
    record(store, planned())
    return Change.objects.get(verb="create")


def due() -> Any:
    from saleor_plugins.delivery.models import Delivery

    return Delivery.objects.get(state="PENDING", event__topic="bridge.change")


def test_a_long_wait_for_points_is_no_sleep_and_no_attempt(sandbox, store, recorded) -> None:
    from saleor_plugins.delivery.relay import drain
    from saleor_plugins.kernel import clock
    from shopify_bridge.models import Bucket
    from shopify_bridge.usecases.sides import Sides

    client = Sides(store).client
    for _ in range(12):
        client.budget.pause(90)
        began = time.monotonic()
        drain()
        assert time.monotonic() - began < 2
        recorded.refresh_from_db()
        assert recorded.state == "PENDING" and "budget is used up" in recorded.reason
        delivery = due()
        assert timedelta(seconds=60) < delivery.due_at - clock.now() <= timedelta(seconds=95)
        assert delivery.attempts == 0
        delivery.due_at = clock.now()
        delivery.save()
    assert Bucket.objects.get().held == 0
    Bucket.objects.update(level=1000)
    drain()
    recorded.refresh_from_db()
    assert recorded.state == "DONE" and sandbox.store.state.count("Product") == 1


@pytest.mark.parametrize(("fault", "seconds"), [("payment", 1800), ("locked", 1800), ("security", 120)])
def test_a_closed_shop_is_left_alone_until_it_opens(sandbox, recorded, fault, seconds) -> None:
    from saleor_plugins.delivery.relay import drain
    from saleor_plugins.kernel import clock

    for _ in range(11):
        sandbox.faults.set({fault: 1})
        drain()
        recorded.refresh_from_db()
        assert recorded.state == "PENDING" and recorded.reason
        delivery = due()
        assert abs(delivery.due_at - clock.now() - timedelta(seconds=seconds)) < timedelta(seconds=5)
        delivery.due_at = clock.now()
        delivery.save()
    sandbox.faults.clear()
    drain()
    recorded.refresh_from_db()
    assert recorded.state == "DONE"


def test_a_fault_of_ours_is_parked_after_its_attempts(recorded, monkeypatch) -> None:
    from saleor_plugins.delivery.models import Delivery
    from saleor_plugins.delivery.relay import drain
    from saleor_plugins.kernel import clock
    from shopify_bridge.models import Run
    from shopify_bridge.usecases import carry_out

    def wrong(*_: Any) -> Any:
        raise KeyError("secret")

    monkeypatch.setitem(carry_out.DOERS, "create", wrong)
    for _ in range(10):
        drain(strict=False)
        Delivery.objects.filter(state="PENDING").update(due_at=clock.now())
    recorded.refresh_from_db()
    assert recorded.state == "PARKED"
    assert "KeyError" in recorded.reason and "secret" not in recorded.reason
    assert not Delivery.objects.filter(state="DEAD").exists()
    drain(strict=False)
    assert Run.objects.get(pk=recorded.run_id).finished


def test_twins_do_it_once(sandbox, recorded) -> None:
    """A message that comes twice, or late, finds nothing to do."""
    from shopify_bridge.usecases.carry_out import carry_out

    carry_out(str(recorded.pk), recorded.round, 1)
    recorded.refresh_from_db()
    carry_out(str(recorded.pk), recorded.round, 1)
    carry_out(str(recorded.pk), recorded.round - 1, 1)
    recorded.refresh_from_db()
    assert (recorded.state, recorded.tries) == ("DONE", 1)
    assert sandbox.store.state.count("Product") == 1


def test_another_worker_has_it(recorded) -> None:
    import threading

    from django.db import connection

    from saleor_plugins.delivery import Retry
    from shopify_bridge.usecases.carry_out import carry_out
    from shopify_bridge.usecases.locks import exclusive

    inside, leave = threading.Event(), threading.Event()

    def other() -> None:
        with exclusive(f"change:{recorded.pk}") as mine:
            assert mine
            inside.set()
            leave.wait(10)
        connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    inside.wait(10)
    try:
        with pytest.raises(Retry):
            carry_out(str(recorded.pk), recorded.round, 1)
    finally:
        leave.set()
        thread.join()
    recorded.refresh_from_db()
    assert recorded.tries == 0
