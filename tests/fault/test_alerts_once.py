"""Never two mails for a subscription: killed at every query, raced, and lived at random."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection

from saleor_plugins.delivery import relay
from saleor_plugins.kernel import clock
from saleor_plugins.mails.send import LEASE
from saleor_plugins.restock.models import SentMail, StockAlert
from saleor_plugins.restock.store import alerts as store
from saleor_plugins.restock.usecases.notify_waiting import notify_waiting
from saleor_plugins.restock.usecases.unsubscribe_alert import unsubscribe_alert
from saleor_plugins.restock.usecases.watch_stock import watch_stock
from saleor_plugins.restock.views.alert_links import stop_token
from tests.integration.restock.alert_doors import wait_for, work
from tests.integration.restock.rooms import make_room


class Killed(BaseException):
    """The worker is gone."""


class DiesAt:
    """Lets so many queries through."""

    def __init__(self, left: int):
        self.left = left

    def __call__(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        if not self.left:
            raise Killed
        self.left -= 1
        return execute(sql, params, many, context)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    return lambda instant: monkeypatch.setattr(clock, "now", lambda: instant)


@pytest.fixture(autouse=True)
def _nobody_was_here() -> Iterator[None]:
    cache.clear()
    yield


def told(room: Any) -> Counter[str]:
    return Counter(mail[0] for mail in room.data.mails())


def test_killed_at_every_query_of_the_mail(db: None, at: Any) -> None:
    """Whoever comes after sends it, unless the dead had begun to: then nobody does."""
    room = make_room()
    shirt = room.data.make_variant(stock={room.house: 5})
    room.data.set_stock(shirt, room.house, 0)
    lost, survived = 0, False
    for step in range(200):
        room.data.set_stock(shirt, room.house, 0)
        alert = wait_for(shirt, f"p{step}@example.com")
        room.data.set_stock(shirt, room.house, 5)
        try:
            with connection.execute_wrapper(DiesAt(step)):
                notify_waiting(alert.pk)
            survived = True
        except Killed:
            pass
        begun = SentMail.objects.filter(cause=str(alert.pk)).exclude(digest="").exists()
        at(clock.now() + LEASE + timedelta(seconds=1))
        for _ in range(2):
            notify_waiting(alert.pk)
        assert store.find(alert.pk).state == "SENT"  # type: ignore[union-attr]
        mails = told(room)[alert.email]
        assert mails == 1 or (mails == 0 and begun)
        lost += mails == 0
        if survived:
            break
    assert survived
    assert step > 8, "the wrapper saw the queries"
    assert lost <= 4, "only what the shop itself asks while it hands the mail over"


def test_killed_at_every_query_of_a_look(db: None, at: Any) -> None:
    room = make_room()
    room.configure(alerts_stable="0")
    shirt = room.data.make_variant(stock={room.house: 0})
    for index in range(3):
        wait_for(shirt, f"p{index}@example.com")
    room.data.set_stock(shirt, room.house, 50)
    from django.db import transaction

    for step in range(200):
        at(clock.now() + timedelta(minutes=1))
        try:
            with transaction.atomic(), connection.execute_wrapper(DiesAt(step)):
                watch_stock()
            break
        except Killed:
            work()
    work()
    at(clock.now() + timedelta(days=3))
    watch_stock()
    work()
    assert set(told(room).values()) == {1}
    assert len(told(room)) == 3


def test_twins_tell_everybody_once(transactional_db: None) -> None:
    room = make_room()
    room.configure(alerts_stable="0", alerts_each="100")
    shirts = [room.data.make_variant(stock={room.house: 0}) for _ in range(3)]
    people = [f"p{index}@example.com" for index in range(8)]
    for shirt in shirts:
        for email in people:
            wait_for(shirt, email)
        room.data.set_stock(shirt, room.house, 9)
    gate, failures = threading.Barrier(6), []

    def run() -> None:
        try:
            gate.wait()
            for _ in range(3):
                watch_stock()
                relay.run()
            for key in StockAlert.objects.values_list("pk", flat=True):
                try:
                    notify_waiting(key)
                except Exception as retry:  # another one has the mail
                    if type(retry).__name__ != "Retry":
                        raise
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    work()
    assert told(room) == Counter({email: len(shirts) for email in people})
    assert set(StockAlert.objects.values_list("state", flat=True)) == {"SENT"}


@pytest.mark.parametrize("seed", range(6))
def test_a_random_life(db: None, at: Any, seed: int) -> None:
    """Stock flaps, workers die, messages come twice, people leave: nobody is told twice, or of nothing."""
    dice = random.Random(seed)
    room = make_room()
    room.configure(alerts_stable=str(dice.choice((0, 5, 15))), alerts_again="1", alerts_each="1")
    shirts = [room.data.make_variant(stock={room.house: 0}) for _ in range(2)]
    free = {shirt.id: 0 for shirt in shirts}
    alerts: list[StockAlert] = []
    gone: dict[str, int] = {}

    def subscribe() -> None:
        shirt = dice.choice(shirts)
        if not free[shirt.id]:
            alerts.append(wait_for(shirt, f"p{len(alerts)}@example.com"))

    def flap() -> None:
        shirt = dice.choice(shirts)
        free[shirt.id] = dice.choice((0, 0, 1, 3))
        room.data.set_stock(shirt, room.house, free[shirt.id])

    def leave() -> None:
        if alerts:
            alert = dice.choice(alerts)
            unsubscribe_alert(stop_token(alert.digest))
            gone.setdefault(alert.email, told(room)[alert.email])

    def die() -> None:
        if alerts:
            try:
                with connection.execute_wrapper(DiesAt(dice.randrange(20))):
                    notify_waiting(dice.choice(alerts).pk)
            except (Killed, Exception):  # Retry, while the dead one's lease lasts
                pass

    def look() -> None:
        watch_stock()
        before = told(room)
        work()
        new = told(room) - before
        kinds = {alert.email: alert.variant_id for alert in alerts}
        assert all(free[kinds[email]] for email in new)

    for _ in range(150):
        dice.choices((subscribe, flap, leave, die, look), (4, 5, 1, 2, 8))[0]()
        at(clock.now() + timedelta(minutes=dice.choice((1, 3, 10))))
    assert set(told(room).values()) <= {1}
    assert all(told(room)[email] == count for email, count in gone.items())
    if seed == 0:
        assert told(room)
