"""What the killed processes work on.

``fault_op`` is what happened, ``fault_effect`` what was made of it. Nothing in these tables
prevents a duplicate: they are the oracle, so they must be able to show one.
"""

from __future__ import annotations

import time
from pathlib import Path

from django.db import connection, transaction

from saleor_plugins.delivery import Message, emit, subscribe

TABLES = """
    DROP TABLE IF EXISTS fault_op, fault_effect, fault_outside;
    CREATE TABLE fault_op (op integer);
    CREATE TABLE fault_effect (op integer, attempt integer);
    CREATE TABLE fault_outside (op integer, key uuid);
"""

# Where a process is: its supervisor looks when it kills it.
IDLE, WORKING, EMITTING = 0, 1, 2
place = bytearray(1)


def happen(op: int) -> None:
    """An operation of the business: its row and its event, or neither."""
    with transaction.atomic():
        place[0] = EMITTING
        execute("INSERT INTO fault_op VALUES (%s)", op)
        emit("fault.op", {"op": op})
        time.sleep(0.002)
    place[0] = IDLE


@subscribe("fault.op", name="fault.effect")
def effect(message: Message) -> None:
    place[0] = WORKING
    execute("INSERT INTO fault_effect VALUES (%s, %s)", message.data["op"], message.attempt)
    time.sleep(0.01)
    place[0] = IDLE


@subscribe("fault.op", name="fault.outside", atomic=False)
def outside(message: Message) -> None:
    """Somebody else's system, which is told again after a kill and knows the key."""
    place[0] = WORKING
    execute("INSERT INTO fault_outside VALUES (%s, %s)", message.data["op"], message.id)
    time.sleep(0.002)
    place[0] = IDLE


@subscribe("fault.freeze", name="fault.freeze")
def freeze(message: Message) -> None:
    """The first to come writes, says so, and then waits to be frozen."""
    execute("INSERT INTO fault_effect VALUES (1, %s)", message.attempt)
    if message.attempt == 1:
        Path(message.data["inside"]).touch()
        time.sleep(message.data["seconds"])
        execute("INSERT INTO fault_effect VALUES (2, %s)", message.attempt)


def execute(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
