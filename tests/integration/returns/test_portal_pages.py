"""What a page of the portal may cost: queries that do not grow, and few bytes; and two clicks at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from saleor_plugins.returns.models import Draft, Return
from saleor_plugins.returns.usecases.message_return import message_return

from .doors import PORTAL
from .rooms import STAFF, Room
from .shopper import Shopper
from .test_portal_flow import rules

MOST_BYTES = 60_000


class Meter:
    """A shopper who counts."""

    def __init__(self, shopper: Shopper):
        self.shopper = shopper
        self.counts: dict[str, int] = {}

    def see(self, name: str, path: str) -> None:
        with CaptureQueriesContext(connection) as seen:
            answer = self.shopper.client.get(PORTAL + path, HTTP_ACCEPT_LANGUAGE="de")
        assert answer.status_code == 200, path
        assert len(answer.content) < MOST_BYTES, (name, len(answer.content))
        self.counts[name] = len(seen)

    def walk(self, items: int, messages: int) -> dict[str, int]:
        """Every page of a return of so many items, with so many messages."""
        self.see("items", "")
        here = self.shopper.choose(dict.fromkeys(range(items), 1))
        while "/check/" not in here:
            kind = here.split("/")[2]
            self.see(kind, here)
            answers = {"reason": "STYLE", "outcome": "REFUND", "method": "DROP_OFF"}
            here = self.shopper.send(here, **{kind: answers[kind]})
        self.see("check", here)
        done = self.shopper.send(here, seen=self.shopper.seen(self.shopper.get(here)))
        self.see("done", done)
        rma = Return.objects.latest("pk")
        for number in range(messages):
            message_return(STAFF, rma.pk, f"{number} " + "words " * 40)
        self.see("return", f"return/{rma.pk}/")
        self.see("cancel", f"return/{rma.pk}/cancel/")
        self.see("items again", "")
        return self.counts


def test_queries_do_not_grow_and_pages_are_small(room: Room) -> None:
    rules(
        methods=[{"offer": ["DROP_OFF", "OWN"]}],
        postage=[{"payer": "CUSTOMER", "amounts": {"USD": "4.90"}}],
        final_sale=[{"when": {"metadata": {"clearance": "yes"}}, "final": True}],
    )
    few = Meter(Shopper(Client(), room.make_shipped(2))).walk(1, 1)
    many = Meter(Shopper(Client(), room.make_shipped(*[2] * 12))).walk(9, 60)
    assert few == many
    assert max(few.values()) <= 60, few


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once(committed_room: Room) -> None:
    for _ in range(3):
        shopper = Shopper(Client(), committed_room.make_shipped(5))
        check = shopper.check({0: 1})
        page = shopper.client.get(PORTAL + check).content.decode()
        data = {"seen": shopper.seen(page), "csrf": page.split('name="csrf" value="')[1].split('"')[0]}
        gate = Barrier(4)
        answers = at_once(4, lambda: post(shopper, check, data, gate))
        assert {answer["Location"] for answer in answers} == {
            f"{PORTAL}return/{Draft.objects.get(order_id=shopper.order.id).rma_id}/done/"
        }
        assert Return.objects.filter(order=shopper.order.id).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_windows_that_begin_at_once(committed_room: Room) -> None:
    shopper = Shopper(Client(), committed_room.make_shipped(5))
    page = shopper.client.get(PORTAL).content.decode()
    data = {"item": shopper.lines[0].id, "csrf": page.split('name="csrf" value="')[1].split('"')[0]}
    gate = Barrier(4)
    answers = at_once(4, lambda: post(shopper, "", data, gate))
    assert len({answer["Location"] for answer in answers}) == Draft.objects.count() == 1


def post(shopper: Shopper, path: str, data: dict[str, Any], gate: Barrier) -> Any:
    """A browser window of its own, with the same session."""
    client = Client()
    client.cookies = shopper.client.cookies
    gate.wait(20)
    try:
        answer = client.post(PORTAL + path, data)
        assert answer.status_code == 303, answer.content
        return answer
    finally:
        connections.close_all()


def at_once(number: int, call: Any) -> list[Any]:
    with ThreadPoolExecutor(number) as pool:
        return [each.result() for each in [pool.submit(call) for _ in range(number)]]
