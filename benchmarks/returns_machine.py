"""The returns desk under a machine that does anything, for as many steps as are asked for.

    DATABASE_URL=postgres://... python benchmarks/returns_machine.py [steps] [seed] [first life]

The same machine as tests/fault/test_returns_machine.py: the real use cases and the real Postgres, guards and
triggers included, with the shop in memory as Saleor and a gateway whose truth is known. A life is LIFE steps
on a few orders, then everything is settled, comes home and is compared, then rolled back; deferred
constraints are checked after every call. Lives are numbered: the same seed and first life go on where a run
was stopped, and play again what was found. Prints a line every minute and the counts at the end.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.routing_postgres import database, set_up  # noqa: E402

LIFE = 60
MINUTE = 60.0


def main(steps: int, seed: int, first: int) -> int:
    set_up()
    with database():
        return run(steps, seed, first)


def run(steps: int, seed: int, first: int) -> int:
    """Live until so many steps were taken; answers how many lives broke a promise."""
    from tests.returns_machine import runner
    from tests.returns_machine.dice import Dice

    taken, number, broken = 0, first, 0
    counts: Counter[str] = Counter()
    refusals: Counter[str] = Counter()
    scenes: Counter[str] = Counter()
    began = last = time.monotonic()
    while taken < steps:
        try:
            with runner.life(Dice(f"{seed}:{number}")) as world:
                try:
                    for _ in range(LIFE):
                        runner.take(world)
                    runner.end(world)
                finally:
                    taken += world.counts.total()
                    counts += world.counts
                    refusals += world.refusals
                    scenes += world.scenes
        except Exception:
            broken += 1
            print(f"life {number} of seed {seed} broke a promise:", flush=True)
            traceback.print_exc()
        number += 1
        if time.monotonic() - last > MINUTE:
            last = time.monotonic()
            speed = taken / (last - began)
            print(f"{taken} steps, {number - first} lives, {speed:.0f} a second, {broken} broken", flush=True)
    spent = time.monotonic() - began
    print(f"{taken} steps in {number - first} lives, {taken / spent:.0f} a second, {broken} broken promises")
    print(f"next life: {number}; steps: {dict(counts.most_common())}")
    print(f"refusals: {dict(refusals.most_common())}")
    print(f"scenes: {dict(scenes.most_common())}")
    return broken


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:]]
    steps, seed, first = (*given, *(1_000_000, 1, 0)[len(given) :])
    sys.exit(main(steps, seed, first) > 0)
