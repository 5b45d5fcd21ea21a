# ruff: noqa: E402 - Django is set up before its models are imported
"""Runs workers and an emitter and kills them: ``python -m tests.fault.crash SEED KILLS OPERATIONS``.

The supervisor sets Django up once and forks, so that a kill meets work and not start-up. It prints
one line of JSON: where each victim was.
"""

from __future__ import annotations

import json
import mmap
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.fault.bare"

import django

django.setup()

from django.db import connection

from saleor_plugins.delivery import relay
from saleor_plugins.delivery.models import OPEN, Delivery
from tests.fault import handlers

relay.LEASE = timedelta(seconds=1)
PLACES = ("elsewhere", "in a handler", "in a transaction that emits")
SLOTS = 3


def work() -> None:
    while True:
        relay.run()
        time.sleep(0.01)


def emit_all(count: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(op), -1) + 1 FROM fault_op")
        (first,) = cursor.fetchone()
    for op in range(first, count):
        handlers.happen(op)


class Supervisor:
    """Keeps one process in each slot."""

    def __init__(self, jobs: list[Callable[[], None]]) -> None:
        self.jobs, self.pids = jobs, [0] * len(jobs)
        self.places = mmap.mmap(-1, len(jobs))

    def start(self, slot: int) -> None:
        self.places[slot] = handlers.IDLE
        # A connection must not be shared over a fork.
        connection.close()
        self.pids[slot] = os.fork()
        if self.pids[slot] == 0:
            handlers.place = memoryview(self.places)[slot : slot + 1]
            self.jobs[slot]()
            os._exit(0)

    def victim(self, chance: random.Random) -> int:
        """Anybody, or somebody at a random place, so that a slow machine's kills meet work too."""
        wanted, found = chance.randrange(len(PLACES)), []
        deadline = time.monotonic() + 1
        while wanted and not found and time.monotonic() < deadline:
            found = [slot for slot in range(SLOTS) if self.places[slot] == wanted]
        time.sleep(chance.uniform(0, 0.005))
        return chance.choice(found or range(SLOTS))

    def kill(self, slot: int) -> str:
        os.kill(self.pids[slot], signal.SIGKILL)
        _, status = os.waitpid(self.pids[slot], 0)
        return PLACES[self.places[slot]] if os.WIFSIGNALED(status) else "gone"


def waiting() -> int:
    return Delivery.objects.filter(state__in=OPEN).count()


def main(seed: int, kills: int, operations: int) -> None:
    chance, met = random.Random(seed), Counter()
    house = Supervisor([work, work, lambda: emit_all(operations)])
    for slot in range(SLOTS):
        house.start(slot)
    while met.total() - met["gone"] < kills:
        time.sleep(chance.uniform(0.005, 0.03))
        slot = house.victim(chance)
        met[house.kill(slot)] += 1
        house.start(slot)
    os.waitpid(house.pids[2], 0)
    start = time.monotonic()
    while waiting() and time.monotonic() - start < 60:
        time.sleep(0.05)
    drained = time.monotonic() - start
    for slot in (0, 1):
        house.kill(slot)
    print(json.dumps({"kills": met, "drained_s": round(drained, 1), "waiting": waiting()}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
