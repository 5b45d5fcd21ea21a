"""A carrier that does as it is told."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from saleor_plugins.carriers import Label, Quote
from saleor_plugins.carriers.scans import Reported
from saleor_plugins.carriers.states import Scan, Source
from saleor_plugins.kernel import clock
from saleor_plugins.returns.models import Return
from saleor_plugins.returns.usecases import label_service
from saleor_plugins.returns.usecases.approve_return import approve_return
from saleor_plugins.returns.usecases.request_return import Item, request_return

from .rooms import STAFF, Room

SETTINGS = {"label_carrier": "bird", "label_service": "returns", "label_account": '{"key": "very secret"}'}
PICTURE = b"%PDF-1.4 label of Ada"


class Bird:
    """Remembers what it was asked; `answer` is raised, or called for the label."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.voided: list[str] = []
        self.answer: Any = None
        self.refuses_void: Exception | None = None
        self.seen: list[str] = []

    def label(self, sending: Any, service: str, form: str) -> Label:
        assert not connection.in_atomic_block
        self.asked.append((sending, service, form))
        if isinstance(self.answer, BaseException):
            raise self.answer
        made = Label(f"L{len(self.asked)}", PICTURE, form, f"S{len(self.asked)}", 490, "EUR")
        return self.answer(made) if self.answer else made

    def void(self, identifier: str, service: str) -> None:
        assert not connection.in_atomic_block
        if self.refuses_void:
            raise self.refuses_void
        self.voided.append(identifier)

    def scans(self, numbers: Any) -> list[Reported]:
        assert not connection.in_atomic_block
        now = clock.now()
        return [Reported(n, Scan("IN_TRANSIT", now, Source.CARRIER, "x")) for n in numbers if n in self.seen]

    def quotes(self, sending: Any) -> list[Quote]:
        return []


def set_up(room: Room, monkeypatch: pytest.MonkeyPatch) -> Bird:
    """The merchant has an account with the bird."""
    bird = Bird()
    monkeypatch.setattr(label_service, "connect", lambda kind, account: bird)
    room.configure(**SETTINGS)
    return bird


def approved(room: Room, *quantities: int, method: str = "LABEL") -> Return:
    """A return that travels with a label and may come."""
    order = room.make_shipped(*(quantities or (2,)), country="US", postal_code="10001")
    items = [Item(line.quantity, line.id) for line in order.lines]
    rma = request_return(STAFF, order.id, items, method=method)
    return approve_return(STAFF, rma.pk)
