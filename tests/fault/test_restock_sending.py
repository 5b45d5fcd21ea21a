"""Orders on their way to suppliers: killed at every statement, and random lives; never two different orders."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import timedelta
from typing import Any
from unittest import mock
from uuid import uuid4

import pytest
from django.core import mail

from saleor_plugins.delivery import Retry
from saleor_plugins.delivery.models import Event
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import OpsError
from saleor_plugins.restock.domain.edits import Edit
from saleor_plugins.restock.models import PurchaseOrder, SentOrder, Supplier
from saleor_plugins.restock.usecases.approve_order import approve_order
from saleor_plugins.restock.usecases.cancel_order import cancel_order
from saleor_plugins.restock.usecases.confirm_order import Answer, confirm_order
from saleor_plugins.restock.usecases.edit_order import edit_order
from saleor_plugins.restock.usecases.send_order import send_cancellation, send_order
from tests.fault.restock_scenes import Scene, make_scene
from tests.fault.test_restock_kill import dies_at

pytestmark = pytest.mark.usefixtures("transactional_db")

LIVES = 25


class Clock:
    """A clock that is put forward."""

    def __init__(self) -> None:
        self.late = timedelta()
        self.real = clock.now

    def now(self) -> Any:
        return self.real() + self.late

    def pass_lease(self) -> None:
        self.late += timedelta(minutes=6)


@pytest.fixture
def ticking() -> Any:
    found = Clock()
    with mock.patch.object(clock, "now", found.now):
        yield found


def scene_by_mail() -> Scene:
    # Suppliers have names of their own, the one of the scene before too.
    Supplier.objects.filter(name="Acme").update(name=uuid4().hex)
    scene = make_scene("DRAFT")
    supplier = scene.room.supplier
    supplier.channel, supplier.email = "MAIL", "orders@acme.example"
    supplier.save()
    mail.outbox.clear()
    return scene


def letters() -> list[tuple[str, str, str, bytes]]:
    """Every mail that went: Message-ID, subject, text, PDF."""
    found = []
    for message in mail.outbox:
        headers = message.message()
        found.append((headers["Message-ID"], message.subject, message.body, message.attachments[0][1]))
    return found


def check(scene: Scene) -> None:
    """One document for each Message-ID, one Message-ID for each revision, the order as it was promised."""
    kept: dict[str, tuple[str, str, bytes]] = {}
    subjects: dict[str, str] = {}
    for key, subject, text, pdf in letters():
        assert kept.setdefault(key, (subject, text, pdf)) == (subject, text, pdf)
        assert subjects.setdefault(subject, key) == key
    rows = list(SentOrder.objects.filter(order_id=scene.order_id))
    assert len({(row.revision, row.cancels) for row in rows}) == len(rows)
    assert len(kept) <= len(rows)
    events = list(Event.objects.filter(topic="purchase_order.sent").values_list("data", flat=True))
    numbers = [(data["number"], data["revision"]) for data in events]
    assert len(numbers) == len(set(numbers))


def test_killed_at_every_statement(ticking: Clock, count: Any) -> None:
    """Whatever statement a worker dies at, the supplier gets the same mail again, or the first one."""
    killed = 0
    while True:
        scene = scene_by_mail()
        approve_order(scene.order_id)
        ended = False
        with dies_at(killed, []):
            ended = send_order(scene.order_id)
        if ended:
            break
        ticking.pass_lease()
        send_order(scene.order_id)
        check(scene)
        assert scene.order.state == "SENT" and 1 <= len(mail.outbox) <= 2
        assert len({letter[0] for letter in letters()}) == 1
        killed += 1
    assert killed > 5
    count(f"sending: killed at each of its {killed} statements, always one order at the supplier")


@pytest.mark.parametrize("seed", range(LIVES))
def test_random_lives(ticking: Clock, seed: int) -> None:
    """Approved, changed, cancelled, confirmed, sent and killed in any order."""
    dice = random.Random(seed)
    scene = scene_by_mail()
    approve_order(scene.order_id)
    for _ in range(dice.randint(4, 9)):
        step = dice.choice([_send, _send, _send, _amend, _confirm, _call_off, _wait])
        with dies_at(dice.randint(0, 25) if dice.random() < 0.5 else -1, []):
            step(scene, dice, ticking)
        check(scene)
    ticking.pass_lease()
    _send(scene, dice, ticking)
    check(scene)
    _settled(scene)


def _settled(scene: Scene) -> None:
    """When all is over: what the supplier read last is what is so."""
    order, subjects = scene.order, [letter[1] for letter in letters()]
    if order.state == "CANCELED":
        assert not subjects or subjects[-1].startswith("Cancelled")
    else:
        assert order.state == "SENT"
        last = SentOrder.objects.get(order=order, revision=order.revision, cancels=False)
        assert last.sent
        again = f"revision {order.revision}" in subjects[-1]
        assert again or order.revision == 1 or len({row.revision for row in SentOrder.objects.all()}) == 1


def _send(scene: Scene, dice: random.Random, ticking: Clock) -> None:
    for send in (send_order, send_cancellation):
        with suppress(Retry):
            send(scene.order_id)


def _amend(scene: Scene, dice: random.Random, ticking: Clock) -> None:
    order = scene.order
    try:
        edits = [Edit(line_id=str(scene.lines[0].pk), quantity=dice.randint(1, 99))]
        edit_order(order.pk, edits, revision=order.revision)
    except OpsError:
        assert order.state == "CANCELED" or PurchaseOrder.objects.filter(pk=order.pk).exists()


def _confirm(scene: Scene, dice: random.Random, ticking: Clock) -> None:
    day = (clock.now() + timedelta(days=dice.randint(1, 9))).date().isoformat()
    revision = dice.randint(1, scene.order.revision)
    # Only who was written to can answer.
    if not SentOrder.objects.filter(order_id=scene.order_id, revision=revision, sent__isnull=False).exists():
        return
    try:
        confirm_order(scene.order_id, revision, Answer(day))
    except OpsError:
        assert scene.order.state == "CANCELED" or scene.order.revision != revision


def _call_off(scene: Scene, dice: random.Random, ticking: Clock) -> None:
    if dice.random() < 0.4:
        try:
            cancel_order(scene.order_id)
        except OpsError:
            assert scene.order.state == "CANCELED"


def _wait(scene: Scene, dice: random.Random, ticking: Clock) -> None:
    ticking.pass_lease()
