"""10,000 guessed look-ups at the portal: does status, page or time tell what a shop knows?

    DATABASE_URL=postgres://... python benchmarks/portal_lookup.py [look-ups] [orders]

A quarter each: an order's number with its address, with another one, an unknown number with a known
address, nothing known; drawn in rounds of all four, each from an address of its own, through the whole of
Django. The chance that a look-up of one kind takes longer than one of which nothing is known is 0.5 when time
tells nothing; beside it, how far from that luck alone goes in 19 of 20 runs. At the end the same with a
portal that finds and mails while the shopper waits: what a leak would look like. Prints the tables of
docs/returns-portal.md.
"""

from __future__ import annotations

import math
import random
import statistics
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.routing_postgres import database, set_up  # noqa: E402

Times = dict[str, list[float]]


def main(wanted: int, orders: int) -> None:
    set_up()
    from django.test.utils import setup_test_environment

    setup_test_environment()
    with database():
        shopper = shop_with(orders)
        guesses(shopper, 40)
        took, seen = guesses(shopper, wanted)
        table(took)
        print(f"\nDifferent answers by status, headers and page: {len(seen)}, in {seen.total():,} look-ups")
        leaking()
        print("\na portal that finds and mails while the shopper waits:\n")
        table(guesses(shopper, wanted // 10)[0])


def shop_with(orders: int) -> Any:
    """Somebody who guesses at a shop with so many orders."""
    from tests.fault.test_portal_enumeration import Shopper
    from tests.shopdata import world

    class Guesser(Shopper):
        def given(self, kind: str) -> dict[str, str]:
            given = super().given(kind)
            number, email = self.dice.choice(self.known)
            if kind in ("known", "wrong address"):
                given["orderNumber"] = number
            if kind in ("known", "unknown order"):
                given["email"] = email
            return given

    shop = world()
    shop.configure_plugin("saleor_plugins.returns")
    variant = shop.make_variant(price=1000)
    guesser = Guesser(shop)
    guesser.dice, guesser.known = random.Random(1), []  # noqa: S311
    for i in range(orders):
        shop.known = shop.make_order([(variant, 1)], allocate=False, email=f"{i:04d}@example.com")
        guesser.known.append((shop.known.number, shop.known.email))
    return guesser


def guesses(shopper: Any, wanted: int) -> tuple[Times, Counter[str]]:
    """Seconds by kind, and how often which answer came."""
    from tests.fault.test_portal_enumeration import KINDS, PORTAL, fingerprint

    took: Times = defaultdict(list)
    seen: Counter[Any] = Counter()
    for _ in range(wanted // len(KINDS)):
        for kind in shopper.dice.sample(KINDS, len(KINDS)):
            given = shopper.given(kind)
            begun = time.perf_counter()
            answer = shopper.post(PORTAL, given)
            took[kind].append(time.perf_counter() - begun)
            seen[repr(fingerprint(answer))] += 1
    return took, seen


def table(took: Times) -> None:
    from tests.fault.test_portal_enumeration import KINDS, chance

    print("| look-ups | p50 | p90 | p99 | longer than unknown | by luck |")
    print("| --- | --- | --- | --- | --- | --- |")
    base = took["unknown both"]
    for kind in KINDS:
        times = took[kind]
        cuts = statistics.quantiles(times, n=100)
        mine, theirs = len(times), len(base)
        far = 1.96 * math.sqrt((mine + theirs + 1) / (12 * mine * theirs))
        told = "" if kind == "unknown both" else f"{chance(times, base):.3f} | 0.5 ± {far:.3f}"
        spread = " | ".join(f"{cuts[i - 1] * 1000:.1f} ms" for i in (50, 90, 99))
        print(f"| {mine:,} {kind} | {spread} | {told or ' | '} |")


def leaking() -> None:
    """From now on the portal does what it must not."""
    from saleor_plugins.returns.domain import codes
    from saleor_plugins.returns.usecases.send_access_code import send_access_code
    from saleor_plugins.returns.views.portal import access_pages

    honest = access_pages.request_access

    def leak(*args: Any, **options: Any) -> Any:
        asked = honest(*args, **options)
        send_access_code(asked.pk)
        return asked

    codes.MAILS = 10**6
    access_pages.request_access = leak


if __name__ == "__main__":
    numbers = [int(text) for text in sys.argv[1:]]
    main(*(numbers + [10_000, 500][len(numbers) :]))
