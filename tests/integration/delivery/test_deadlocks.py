"""A real deadlock on a real Postgres: the call that was chosen to lose is repeated, and both take effect."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections, transaction

from saleor_plugins.delivery.deadlocks import ATTEMPTS, unlocked
from saleor_plugins.kernel.errors import Conflict


@pytest.fixture
def table(transactional_db):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE deadlock_test (id int PRIMARY KEY, units int)")
        cursor.execute("INSERT INTO deadlock_test VALUES (1, 0), (2, 0)")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE deadlock_test")


def test_two_that_lock_crosswise_both_take_effect(table):
    meet = threading.Barrier(2, timeout=10)
    tries: list[int] = []

    def add(first, second):
        def once():
            tries.append(first)
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("UPDATE deadlock_test SET units = units + 1 WHERE id = %s", [first])
                if tries.count(first) == 1:
                    meet.wait()
                cursor.execute("UPDATE deadlock_test SET units = units + 1 WHERE id = %s", [second])

        try:
            unlocked(once)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=add, args=pair) for pair in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with connection.cursor() as cursor:
        cursor.execute("SELECT units FROM deadlock_test ORDER BY id")
        assert cursor.fetchall() == [(2,), (2,)]
    assert len(tries) == 3


RAISE = "DO $$ BEGIN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = 'deadlock_detected'; END $$"


def test_who_loses_every_time_is_told_to_try_again(transactional_db):
    tries = []

    def lose():
        tries.append(1)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(RAISE)

    with pytest.raises(Conflict) as lost:
        unlocked(lose)
    assert lost.value.code == "TRY_AGAIN" and len(tries) == ATTEMPTS
