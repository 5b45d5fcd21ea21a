"""A shopper's browser at the portal's door, and the workers behind it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import time_machine
from django.test import Client

from saleor_plugins.delivery import relay
from saleor_plugins.kernel import clock
from saleor_plugins.platform.port import Order

PORTAL = "/plugins/saleor_plugins.returns/portal/"
GRAPHQL = "/plugins/saleor_plugins.returns/graphql/"
EMAIL = "ada@example.com"


def one_minute() -> Any:
    """Stop the clock within a minute: what is counted by the minute must not begin anew."""
    return time_machine.travel(clock.now().replace(second=30), tick=False)


def work() -> None:
    """Let the workers do all that is due."""
    while relay.run():
        pass


def ask(client: Client, number: str, email: str, **headers: Any) -> Any:
    """Send the first form."""
    return client.post(PORTAL, {"orderNumber": number, "email": email}, **headers)


def code_in(room: Any) -> str:
    """The code in the last mail."""
    found = re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}", room.data.mails()[-1][2])
    assert len(found) == 1, room.data.mails()[-1]
    return str(found[0])


def enter(client: Client, room: Any, order: Order, email: str = EMAIL) -> Any:
    """Come in by a code; the last answer."""
    page = ask(client, order.number, email)["Location"]
    work()
    return client.post(page, {"code": code_in(room)})


def path_of(url: str) -> str:
    """An absolute address as the test client wants it."""
    return urlsplit(url).path


def hidden(response: Any, name: str) -> str:
    """The value of a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', response.content.decode())
    assert found, response.content.decode()
    return found[1]
