"""Labels: bought once under repeats, races, lost answers and kills; void when the return ends."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
from django.db import connection

from saleor_plugins.carriers import NotInstalled, Refused
from saleor_plugins.delivery import emit
from saleor_plugins.delivery.relay import drain
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict, Invalid, Required
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import AskerKind
from saleor_plugins.returns import config
from saleor_plugins.returns.models import Return, ReturnLabel
from saleor_plugins.returns.tasks.labels import find_labels
from saleor_plugins.returns.usecases import buy_label as buying
from saleor_plugins.returns.usecases import label_service
from saleor_plugins.returns.usecases.buy_label import buy_again, buy_label, reserve_label
from saleor_plugins.returns.usecases.cancel_return import cancel_return
from saleor_plugins.returns.usecases.close_return import close_return
from saleor_plugins.returns.usecases.keep_units import keep_units
from saleor_plugins.returns.usecases.refund_return import refund_return
from saleor_plugins.returns.usecases.resolve_label import resolve_label
from tests.shopdata import request

from .birds import PICTURE, SETTINGS, approved, set_up
from .rooms import STAFF, events

SHOW = """query($id: ID!) { return(id: $id) { label {
  id state carrier service trackingNumber format url cost currency message } } }"""
BUY = "mutation($id: ID!) { returnLabelBuy(id: $id) { return { label { state } } errors { field code } } }"
WAITS = "{ returns(first: 9, attention: LABEL) { edges { node { number } } } }"


@pytest.fixture
def room(committed_room):
    return committed_room


@pytest.fixture
def bird(room, monkeypatch):
    return set_up(room, monkeypatch)


@pytest.fixture
def later(monkeypatch):
    """`later(minutes)`: that much later than now."""
    real = clock.now
    return lambda minutes: monkeypatch.setattr(clock, "now", lambda: real() + timedelta(minutes=minutes))


def ask(query, token, **variables):
    from saleor_plugins.returns.schema import view

    return json.loads(view(request(token, {"query": query, "variables": variables})).content)


def states() -> list[str]:
    return list(ReturnLabel.objects.order_by("pk").values_list("state", flat=True))


def fresh(rma: Return) -> Return:
    return Return.objects.get(pk=rma.pk)


def again(rma: Return) -> None:
    """Every event of the return's labels once more, and a worker that takes them."""
    emit("return.approved", {"returnId": to_global("Return", rma.pk)})
    for label in ReturnLabel.objects.filter(rma=rma):
        emit("returns.label_due", {"labelId": str(label.pk)})
    drain(strict=False)


def test_an_approved_return_gets_a_label(room, bird, client) -> None:
    rma = approved(room, 2)
    drain()
    ((sending, service, form),) = bird.asked
    assert (sending.shipper.name, sending.shipper.postal_code) == ("Ada Shopper", "10001")
    assert sending.recipient.company == room.house.name and sending.reference == rma.number
    assert (sending.grams, service, form) == (2 * 500, "returns", "PDF")
    label = ReturnLabel.objects.get()
    assert (label.state, label.tracking_number, label.cost, label.currency) == ("BOUGHT", "L1", 490, "EUR")
    assert (fresh(rma).carrier, fresh(rma).tracking_number) == ("bird", "L1")
    (told,) = events("return.label_ready")
    assert (told["returnId"], told["trackingNumber"]) == (to_global("Return", rma.pk), "L1")
    staff = room.data.make_asker(AskerKind.STAFF, "MANAGE_ORDERS")[1]
    shown = ask(SHOW, staff, id=to_global("Return", rma.pk))["data"]["return"]["label"]
    assert (shown["state"], shown["trackingNumber"], shown["cost"]) == ("BOUGHT", "L1", "4.90")
    assert "secret" not in json.dumps(shown)


def test_again_buys_nothing(room, bird) -> None:
    rma = approved(room)
    drain()
    for _ in range(3):
        again(rma)
        buy_again(rma.pk)
    assert len(bird.asked) == 1 and states() == ["BOUGHT"]
    assert len(events("return.label_ready")) == 1


@pytest.mark.parametrize(("refused", "kept"), [(False, 300), (True, 0)])
def test_postage_is_kept_of_those_who_got_a_label(room, bird, refused, kept) -> None:
    bird.answer = Refused("No.") if refused else None
    room.configure(**SETTINGS, label_fee="3.00")
    rma = approved(room)
    drain()
    room.receive(rma, 2)
    room.inspect(rma, 2)
    refund = refund_return(STAFF, rma.pk)
    rows = refund.allocations.filter(component="LABEL")
    assert -sum(row.net + row.tax for row in rows) == kept


@pytest.mark.parametrize("method", ["OWN", "DROP_OFF"])
def test_who_sends_with_their_own_carrier_gets_none(room, bird, method) -> None:
    rma = approved(room, method="OWN")
    Return.objects.filter(pk=rma.pk).update(method=method)
    drain()
    assert bird.asked == [] and states() == []


def test_without_a_carrier_no_label_is_offered(room, bird) -> None:
    assert config.return_methods() == ("LABEL", "QR", "OWN")
    rma = approved(room)
    room.configure()
    assert config.return_methods() == ("OWN",) and reserve_label(rma.pk) is None
    drain()
    assert bird.asked == []
    with pytest.raises(Conflict) as error:
        buy_again(rma.pk)
    assert error.value.code == "NOT_SET_UP"


def test_workers_at_once_buy_one(room, bird) -> None:
    rma = approved(room)
    label = reserve_label(rma.pk)
    errors = []

    def work() -> None:
        try:
            reserve_label(rma.pk)
            buy_label(label.pk)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == [] and len(bird.asked) == 1 and states() == ["BOUGHT"]


def test_a_no_waits_for_staff_and_may_be_asked_again(room, bird) -> None:
    bird.answer = refusal = Refused("No such service.")
    rma = approved(room)
    drain()
    assert states() == ["FAILED"] and ReturnLabel.objects.get().message == refusal.message
    (told,) = events("return.label_failed")
    assert told["message"] == refusal.message
    staff = room.data.make_asker(AskerKind.STAFF, "MANAGE_ORDERS")[1]
    assert ask(WAITS, staff)["data"]["returns"]["edges"] == [{"node": {"number": rma.number}}]
    again(rma)
    assert len(bird.asked) == 1
    bird.answer = None
    bought = ask(BUY, staff, id=to_global("Return", rma.pk))["data"]["returnLabelBuy"]
    assert bought == {"return": {"label": {"state": "RESERVED"}}, "errors": []}
    with pytest.raises(Conflict) as error:
        buy_again(rma.pk)
    assert error.value.code == "IN_PROGRESS"
    drain()
    assert states() == ["FAILED", "BOUGHT"] and ask(WAITS, staff)["data"]["returns"]["edges"] == []


def test_a_library_that_is_gone_is_a_no(room, bird, monkeypatch) -> None:
    def connect(kind, account):
        raise NotInstalled("Install it first.")

    monkeypatch.setattr(label_service, "connect", connect)
    approved(room)
    drain()
    assert states() == ["FAILED"] and ReturnLabel.objects.get().message == "Install it first."


def test_an_address_that_is_not_known_is_a_no(room, bird) -> None:
    rma = approved(room)
    Return.objects.filter(pk=rma.pk).update(destination_id="")
    drain()
    assert bird.asked == [] and states() == ["FAILED"]


@pytest.mark.parametrize(
    "lost", [TimeoutError("of Ada Shopper"), KeyError("x"), lambda made: type(made)("", b"", "PDF")]
)
def test_a_lost_answer_is_never_asked_for_again_blindly(room, bird, lost, caplog) -> None:
    bird.answer = lost
    rma = approved(room)
    drain(strict=False)
    label = ReturnLabel.objects.get()
    assert label.state == "UNKNOWN" and "Ada" not in label.message + caplog.text
    for _ in range(2):
        again(rma)
        find_labels()
    assert len(bird.asked) == 1
    with pytest.raises(Conflict) as error:
        buy_again(rma.pk)
    assert error.value.code == "UNKNOWN_OUTCOME"
    with pytest.raises(Required):
        resolve_label(STAFF, label.pk, True)
    with pytest.raises(Invalid):
        resolve_label(STAFF, label.pk, True, tracking_number="X1", content=b"<svg/>")
    resolve_label(STAFF, label.pk, True, tracking_number="X1", content=PICTURE)
    assert states() == ["BOUGHT"] and fresh(rma).tracking_number == "X1"
    with pytest.raises(Conflict):
        resolve_label(STAFF, label.pk, False)


def test_what_was_not_bought_is_bought_once_a_person_says_so(room, bird) -> None:
    bird.answer = TimeoutError()
    rma = approved(room)
    drain(strict=False)
    resolve_label(STAFF, ReturnLabel.objects.get().pk, False)
    bird.answer = None
    buy_again(rma.pk)
    drain()
    assert states() == ["FAILED", "BOUGHT"] and len(bird.asked) == 2


class Killed(BaseException):
    """The process is gone."""


KILLS = {
    "before it is claimed": ("_claimed", False, "BOUGHT", 1),
    "claimed, not asked": ("_ask", False, "UNKNOWN", 0),
    "asked, not settled": ("bought", False, "UNKNOWN", 1),
    "settled": ("bought", True, "BOUGHT", 1),
}


@pytest.mark.parametrize("name", KILLS)
def test_a_worker_dies(room, bird, later, monkeypatch, name) -> None:
    """At most one label is bought, and what nobody knows is not bought again."""
    where, after, expected, asked = KILLS[name]
    rma = approved(room)
    real = getattr(buying, where)

    def dies(*args):
        if after:
            real(*args)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(buying, where, dies)
        with pytest.raises(Killed):
            drain(strict=False)
    for minutes in (6, 20, 40):
        later(minutes)
        find_labels()
        drain(strict=False)
    assert states() == [expected] and len(bird.asked) == asked
    if expected == "UNKNOWN":
        resolve_label(STAFF, ReturnLabel.objects.get().pk, asked == 1, tracking_number="L1")
        assert fresh(rma).tracking_number == ("L1" if asked else "")


def test_a_return_that_ends_needs_no_label(room, bird) -> None:
    rma = approved(room)
    drain()
    cancel_return(STAFF, rma.pk)
    drain()
    label = ReturnLabel.objects.get()
    assert (label.state, bytes(label.content)) == ("VOIDED", b"") and bird.voided == ["S1"]
    assert label.message == "Taken back by the carrier."
    emit("return.canceled", {"returnId": to_global("Return", rma.pk)})
    drain()
    assert bird.voided == ["S1"]


def test_a_carrier_may_keep_a_label(room, bird) -> None:
    rma = approved(room)
    drain()
    bird.refuses_void = Refused("Too late.")
    cancel_return(STAFF, rma.pk)
    drain()
    assert ReturnLabel.objects.get().message == "Not taken back: Too late."


def test_a_return_that_ends_before_its_label_is_bought(room, bird) -> None:
    rma = approved(room)
    reserve_label(rma.pk)
    cancel_return(STAFF, rma.pk)
    drain()
    assert states() == ["VOIDED"] and bird.asked == [] and bird.voided == []


def test_a_return_that_ends_while_its_label_is_bought(room, bird) -> None:
    rma = approved(room)

    def cancels(made):
        cancel_return(STAFF, rma.pk)
        return made

    bird.answer = cancels
    drain()
    assert states() == ["VOIDED"] and bird.voided == ["S1"] and events("return.label_ready") == []
    assert fresh(rma).tracking_number == ""


def test_kept_goods_need_no_label(room, bird) -> None:
    rma = approved(room, 1)
    keep_units(STAFF, rma.pk, [(room.keys(rma)[0], 1)])
    drain()
    assert states() == [] and bird.asked == []
    with pytest.raises(Conflict):
        buy_again(rma.pk)


def test_a_label_that_was_used_is_not_voided(room, bird) -> None:
    rma = approved(room, 1)
    drain()
    room.receive(rma, 1)
    room.inspect(rma, 1, disposition="SCRAP")
    refund_return(STAFF, rma.pk)
    drain()
    close_return(STAFF, rma.pk)
    drain()
    assert states() == ["BOUGHT"] and bird.voided == []


def test_the_carrier_s_scan_keeps_a_return_from_expiring(room, bird, later) -> None:
    first, second = approved(room, 1), approved(room, 1)
    drain()
    bird.seen = [fresh(first).tracking_number]
    for minutes in (0, 20, 40):
        later(minutes)
        find_labels()
        drain()
    assert fresh(first).scanned is not None and fresh(second).scanned is None
    assert fresh(first).entries.filter(verb="track", data__scanned=True).count() == 1


def test_switched_off_nothing_is_bought(room, bird) -> None:
    rma = approved(room)
    room.data.configure_plugin("saleor_plugins.returns", active=False)
    drain()
    find_labels()
    assert states() == [] and fresh(rma).state == "APPROVED" and bird.asked == []
