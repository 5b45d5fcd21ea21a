"""The same little world on any shop: warehouses, variants, orders, payments, people.

    from tests.shopdata import world

    w = world()                                   # the installed Saleor, real rows (needs the `db` fixture)
    w = memory_world()                            # no database
    berlin = w.make_warehouse(country="DE", countries=["DE", "FR"])
    shirt = w.make_variant(price=1999, stock={berlin: 5}, weight_grams=300)
    order = w.make_order([(shirt, 2)], shipping=500, paid=True)      # port.Order, allocated
    _, token = w.make_asker(AskerKind.STAFF, "MANAGE_ORDERS")
    response = view(request(token, {"query": "..."}))
    w.shop.fulfill(order.id, [...])               # the port

Builders answer the port's dataclasses; their arguments are documented in
`saleor_plugins.platform.memory.build`. Amounts are minor units, USD unless said otherwise.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from saleor_plugins.platform import port
from saleor_plugins.platform.memory import MemoryShop


def _refuses(payment: port.Payment, amount: int, key: str) -> port.RefundResult:
    return port.RefundResult(port.RefundStatus.FAILED, message="Card closed.")


def _times_out(payment: port.Payment, amount: int, key: str) -> port.RefundResult:
    raise TimeoutError("a secret of the gateway")


_answers = {"refuses": _refuses, "times out": _times_out, "answers nonsense": _times_out}


class MemoryWorld(MemoryShop):
    """The in-memory shop with the few names that only tests use."""

    in_memory = True
    channels = True
    reservations = True
    negative_stock = True
    returned_fulfillments = True

    @property
    def shop(self) -> port.Shop:
        return self

    def refund_elsewhere(self, order: port.Order, amount: int) -> None:
        """Somebody refunds the order's payment in the dashboard."""
        payment = self.payments(order.id)[-1]
        self.state.payments[payment.id] = replace(payment, refunded=payment.refunded + amount)

    @contextlib.contextmanager
    def answering(self, answer: str) -> Iterator[None]:
        """Let the gateway answer refunds with a no, with an exception, or with nonsense."""
        usual, self.gateway = self.gateway, _answers[answer]
        try:
            yield
        finally:
            self.gateway = usual

    def spoil_gift_card(self, card: port.GiftCard) -> None:
        """The merchant switches the card off: nothing can go back onto it."""
        self.state.gift_cards.pop(card.id)

    def mails(self) -> list[tuple[str, str, str, str, str]]:
        """Mails sent: to, subject, text, HTML, sender."""
        return [
            (row.to, row.subject, row.text, row.html or "", "shop@localhost")
            for row in self.state.mails.values()
        ]

    def last_mail(self) -> tuple[list[tuple[str, bytes, str]], dict[str, str]]:
        """What the last mail carries: files (name, content, type), and its headers."""
        last = list(self.state.mails.values())[-1]
        return [(file.name, file.content, file.type) for file in last.attachments], dict(last.headers)

    def make_channel(self, slug: str = "default") -> str:
        return slug


def world() -> Any:
    """The installed Saleor."""
    from tests.saleorworld import SaleorWorld

    return SaleorWorld()


def memory_world() -> MemoryWorld:
    """A shop without a database."""
    return MemoryWorld()


def request(token: str | None = None, body: Any = None, *, path: str = "/plugins/global/test/") -> Any:
    """A Django POST request of JSON, with the token as staff, customers and apps send it."""
    from django.test import RequestFactory

    headers = {"HTTP_AUTHORIZATION": f"Bearer {token}"} if token is not None else {}
    return RequestFactory().post(path, json.dumps(body or {}), content_type="application/json", **headers)
