"""A shopper in the portal: what they see and send, over the real views."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from django.test import Client

from saleor_plugins.returns.views.portal import links

from .doors import PORTAL


class Shopper:
    """Somebody who came in by a link for `order`; paths are below the portal."""

    def __init__(self, client: Client, order: Any, **headers: str):
        self.client, self.order, self.headers = client, order, headers
        self.lines = sorted(order.lines, key=lambda line: -line.quantity)
        self.client.get(path_of(links.portal_url(order.id)))
        self.status = 200

    def get(self, path: str, status: int = 200) -> str:
        """The page, its entities resolved."""
        answer = self.client.get(PORTAL + path, **self.headers)
        assert answer.status_code == status, (answer.status_code, answer.get("Location"))
        return html.unescape(answer.content.decode())

    def post(self, path: str, data: Mapping[str, Any], status: int = 303) -> Any:
        """Send a form with the session's token."""
        form = self.client.get(PORTAL, **self.headers).content.decode()
        token = re.search(r'name="csrf" value="(\w+)"', form)
        given = {"csrf": token[1] if token else "", **data}
        answer = self.client.post(PORTAL + path, given, **self.headers)
        assert answer.status_code == status, (answer.status_code, answer.content.decode()[-3000:])
        return answer

    def send(self, path: str, **data: Any) -> str:
        """Send a form; where it leads to."""
        return str(self.post(path, data)["Location"]).removeprefix(PORTAL)

    def refused(self, path: str, **data: Any) -> str:
        """Send a form that is refused; its page."""
        return html.unescape(self.post(path, data, 422).content.decode())

    def choose(self, units: Mapping[int, int]) -> str:
        """Choose units of the order's lines, by place with the longest first; where it leads to."""
        data: dict[str, Any] = {"item": [self.lines[place].id for place in units]}
        data |= {f"quantity-{self.lines[place].id}": str(number) for place, number in units.items()}
        return str(self.post("", data)["Location"]).removeprefix(PORTAL)

    def seen(self, page: str) -> str:
        """What the check page wants back."""
        return str(re.search(r'name="seen" value="(\w+)"', page)[1])  # type: ignore[index]

    def check(self, units: Mapping[int, int], reason: str = "TOO_SMALL", **answers: str) -> str:
        """Answer everything; the path of the check."""
        here = self.choose(units)
        while "/check/" not in here:
            kind = here.split("/")[2]
            values = {"reason": reason, "outcome": "REFUND", "method": "OWN", **answers}
            here = self.send(here, **{kind: values[kind]})
        return here

    def request(self, units: Mapping[int, int], reason: str = "TOO_SMALL", **answers: str) -> str:
        """Ask for a return; the path of its confirmation."""
        here = self.check(units, reason, **answers)
        return self.send(here, seen=self.seen(self.get(here)))


def path_of(url: str) -> str:
    """The path of an absolute address."""
    return "/" + url.split("/", 3)[3]
