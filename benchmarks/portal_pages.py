"""Every page of the returns portal: server time, queries, bytes.

    DATABASE_URL=postgres://... python benchmarks/portal_pages.py [lines] [rounds]

An order of so many lines with a rulebook in use, walked through as a shopper walks, each page asked for so
many times through Django with all its middleware, in this process. POST is timed once, with what it does.
Prints the table of docs/returns-portal.md.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.routing_postgres import database, set_up  # noqa: E402

RULES = {
    "window": [{"when": {"categories": ["Q2F0ZWdvcnk6MQ=="]}, "days": 60}, {"days": 30}],
    "final_sale": [{"when": {"metadata": {"clearance": "yes"}}, "final": True}],
    "reasons": [{"photos": {"DAMAGED": 1}, "note": ["DAMAGED"]}],
    "fees": [{"percent": "10"}],
    "methods": [{"offer": ["DROP_OFF", "OWN"]}],
    "postage": [{"payer": "CUSTOMER", "amounts": {"USD": "4.90"}}],
}


def main(lines: int, rounds: int) -> None:
    set_up()
    with database():
        pages = Pages(lines, rounds)
        print(f"An order of {lines} lines.\n")
        print("| page | queries | median ms | best ms | of it CPU | KB |\n| - | - | - | - | - | - |")
        pages.walk()


class Pages:
    """A shopper with a stopwatch."""

    def __init__(self, lines: int, rounds: int):
        from django.test import Client

        from tests.integration.returns.rooms import STAFF, make_room
        from tests.integration.returns.shopper import Shopper

        self.rounds, self.staff, self.room = rounds, STAFF, make_room()
        self._rules()
        house, data = self.room.house, self.room.data
        self.first = first = data.make_variant(price=2000, stock={house: 9})
        for number in range(11):
            data.make_variant(sku=f"Size {number}", price=2000, stock={house: 9}, sibling_of=first)
        others = [data.make_variant(price=1000, stock={house: 3}) for _ in range(lines - 1)]
        order = data.make_order([(first, 3), *((variant, 2) for variant in others)], shipping=490)
        self._ship(order)
        self.shopper = Shopper(
            Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="en"), data.shop.order(order.id)
        )

    def _rules(self) -> None:
        from saleor_plugins.returns.usecases.activate_rulebook import activate_rulebook
        from saleor_plugins.returns.usecases.save_rulebook import save_rulebook

        activate_rulebook(self.staff, save_rulebook(self.staff, RULES).pk)

    def _ship(self, order: Any) -> None:
        from saleor_plugins.platform.port import ShipItem

        items = [ShipItem(line.id, self.room.house.id, line.quantity) for line in order.lines]
        self.room.data.shop.fulfill(order.id, items, tracking_number="TRACK-1")

    def walk(self) -> None:
        """From the items to a return that was talked about."""
        self.see("start: number and address", "", nobody=True)
        self.see("items", "")
        here = self.send("items, chosen", "", self._chosen())
        # Lines come in any order on 3.x.
        for _ in range(2):
            here = self._damaged(here) if self.first.sku in self.shopper.get(here) else self._plain(here)
        self.see("method", here)
        here = self.shopper.send(here, method="DROP_OFF")
        self.see("check: an exchange and a refund", here)
        here = self.send("sent", here, {"seen": self.shopper.seen(self.shopper.get(here))})
        self.see("done", here)
        self._talk(here)
        self.see("the return, 50 messages", here.removesuffix("done/"))
        self.see("cancel?", here.replace("done/", "cancel/"))
        self.see("items, with a return", "")

    def _damaged(self, here: str) -> str:
        """The item with variants: photographed, and exchanged."""
        self.see("reason", here)
        here = self.send("reason, given", here, {"reason": "DAMAGED", "note": "Torn."})
        self.see("photos", here)
        here = self.send("a photo of 12 megapixels, re-encoded", here, {"do": "continue", "photo": _photo()})
        self.see("outcome", here)
        here = self.shopper.send(here, outcome="EXCHANGE")
        self.see("exchange, 12 variants", here)
        return self.shopper.send(here, exchange=self._variant(here))

    def _plain(self, here: str) -> str:
        return self.shopper.send(self.shopper.send(here, reason="TOO_SMALL"), outcome="REFUND")

    def _chosen(self) -> dict[str, Any]:
        one, two = self.shopper.lines[:2]
        return {"item": [one.id, two.id], f"quantity-{one.id}": "1", f"quantity-{two.id}": "1"}

    def _variant(self, here: str) -> str:
        return self.shopper.get(here).split('name="exchange"')[2].split('value="')[1].split('"')[0]

    def _talk(self, here: str) -> None:
        from saleor_plugins.returns.models import Return
        from saleor_plugins.returns.usecases.approve_return import approve_return
        from saleor_plugins.returns.usecases.message_return import message_return

        rma = Return.objects.get(pk=here.split("/")[1])
        approve_return(self.staff, rma.pk)
        for number in range(50):
            message_return(self.staff, rma.pk, f"{number}. " + "A message of an ordinary length. " * 8)

    def see(self, title: str, path: str, *, nobody: bool = False) -> None:
        """Ask for a page, again and again."""
        from django.test import Client

        from tests.integration.returns.doors import PORTAL

        client = Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="en") if nobody else self.shopper.client
        answer, queries = self._counted(lambda: client.get(PORTAL + path))
        assert answer.status_code == 200, (path, answer.status_code)
        times, busy = [], time.process_time()
        for _ in range(self.rounds):
            began = time.perf_counter()
            client.get(PORTAL + path)
            times.append((time.perf_counter() - began) * 1000)
        cpu = (time.process_time() - busy) * 1000 / self.rounds
        size = len(answer.content) / 1000
        print(
            f"| {title} | {queries} | {statistics.median(times):.0f} | {min(times):.0f} | {cpu:.0f} "
            f"| {size:.1f} |",
            flush=True,
        )

    def send(self, title: str, path: str, data: dict[str, Any]) -> str:
        """Send a form once; where it leads to."""
        from tests.integration.returns.doors import PORTAL

        self.shopper.get("")
        began = time.perf_counter()
        answer, queries = self._counted(lambda: self.shopper.post(path, data))
        # The form's own page is asked for first, for its token.
        took = (time.perf_counter() - began) * 1000
        print(f"| {title} (POST, with the page before it) | {queries} | {took:.0f} | | | |", flush=True)
        return str(answer["Location"]).removeprefix(PORTAL)

    def _counted(self, ask: Any) -> tuple[Any, int]:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as seen:
            answer = ask()
        return answer, len(seen)


def _photo() -> Any:
    from io import BytesIO

    from django.core.files.uploadedfile import SimpleUploadedFile
    from PIL import Image

    out = BytesIO()
    Image.effect_noise((4000, 3000), 60).convert("RGB").resize((4000, 3000)).save(out, "JPEG", quality=80)
    return SimpleUploadedFile("photo.jpg", out.getvalue(), "image/jpeg")


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:]]
    main(*given, *(20, 30)[len(given) :])
