"""What happens by itself: keep, refund at a scan or inspection, cancelled exchanges. Each exactly once."""

from __future__ import annotations

import threading
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from saleor_plugins.delivery.models import Delivery, State
from saleor_plugins.delivery.relay import drain
from saleor_plugins.kernel.errors import Conflict
from saleor_plugins.platform.port import OrderStatus
from saleor_plugins.returns.models import LedgerEntry, Refund, RefundPart, Return, ReturnLine
from saleor_plugins.returns.store import waiting_for
from saleor_plugins.returns.tasks import terms as tasks_terms
from saleor_plugins.returns.usecases import follow_terms
from saleor_plugins.returns.usecases.activate_rulebook import activate_rulebook
from saleor_plugins.returns.usecases.approve_return import approve_return
from saleor_plugins.returns.usecases.audit import audit_all
from saleor_plugins.returns.usecases.exchange_return import exchange_return
from saleor_plugins.returns.usecases.keep_units import keep_units
from saleor_plugins.returns.usecases.refund_return import refund_return
from saleor_plugins.returns.usecases.request_return import Item, request_return
from saleor_plugins.returns.usecases.save_rulebook import save_rulebook
from saleor_plugins.returns.usecases.track_return import track_return
from saleor_plugins.returns.usecases.watch_exchanges import cancel_by_itself, find_canceled

from .rooms import MANAGER, STAFF, Room, events

KEEP = {"keep": [{"below": {"USD": "15.00"}}], "approve": [{"automatic": True}]}
SCAN = {"refund_on": [{"moment": "SCAN"}], "approve": [{"automatic": True}]}
INSPECTION = {"refund_on": [{"moment": "INSPECTION"}], "approve": [{"automatic": True}]}


def use(document: Any) -> None:
    activate_rulebook(MANAGER, save_rulebook(MANAGER, document).pk)


def ask(room: Room, *units: int, resolution: str = "REFUND", price: int = 1000, **options: Any) -> Return:
    """A return of the first units of an order's lines."""
    order = room.make_shipped(*options.pop("sold", units), price=price, **options)
    lines = sorted(order.lines, key=lambda line: -line.quantity)
    wanted = lines[0].variant_id if resolution == "EXCHANGE" else ""
    items = [
        Item(count, line.id, resolution=resolution, exchange_variant_id=wanted or "")
        for line, count in zip(lines, units, strict=True)
    ]
    if resolution == "EXCHANGE":
        room.data.set_stock(room.data.shop.variants([wanted])[0], room.house, 5)
    return request_return(STAFF, order.id, items)


def line_of(rma: Return) -> ReturnLine:
    return ReturnLine.objects.get(rma=rma)


def given(rma: Return) -> int:
    """What refunds of the return gave, settled or not."""
    return sum(Refund.objects.filter(rma=rma).values_list("net", flat=True))


def replay(subscriber: str) -> None:
    """Everything that the subscriber has done comes once more."""
    Delivery.objects.filter(subscriber=subscriber).update(state=State.PENDING, settled_at=None, attempts=0)


def left(rma: Return) -> list[str]:
    return [row.data["code"] for row in LedgerEntry.objects.filter(rma=rma, verb="leave")]


def test_goods_below_the_value_stay_and_the_return_ends(committed_room: Room) -> None:
    room = committed_room
    use(KEEP)
    rma = ask(room, 1)
    drain()
    rma.refresh_from_db()
    line = line_of(rma)
    assert (rma.state, line.kept, line.settled) == ("CLOSED", 1, 1)
    assert given(rma) == 1000
    assert [event["lines"][0]["kept"] for event in events("return.kept")] == [1]
    for name in ("returns.terms_keep", "returns.terms_close"):
        replay(name)
    drain()
    assert (Refund.objects.filter(rma=rma).count(), line_of(rma).kept) == (1, 1)
    assert len(events("return.closed")) == 1
    assert list(audit_all()) == []


def test_goods_above_it_come_back(room: Room) -> None:
    use(KEEP)
    rma = ask(room, 2)
    drain()
    rma.refresh_from_db()
    assert (rma.state, line_of(rma).kept) == ("APPROVED", 0)


def test_a_late_word_of_the_approval_touches_nothing_that_came(room: Room) -> None:
    use(KEEP)
    rma = ask(room, 1)
    room.receive(rma, 1)
    drain()
    assert (line_of(rma).kept, line_of(rma).received, given(rma)) == (0, 1, 0)


def test_what_staff_kept_before_is_not_kept_again(room: Room) -> None:
    use({**KEEP, "keep": [{"below": {"USD": "25.00"}}]})
    rma = ask(room, 2)
    keep_units(STAFF, rma.pk, [(room.keys(rma)[0], 1)])
    drain()
    assert (line_of(rma).kept, given(rma)) == (1, 0)


def test_store_credit_is_given_for_kept_goods(committed_room: Room) -> None:
    use(KEEP)
    rma = ask(committed_room, 1, resolution="STORE_CREDIT")
    drain()
    rma.refresh_from_db()
    assert rma.state == "CLOSED"
    assert [part.kind for part in RefundPart.objects.filter(refund__rma=rma)] == ["STORE_CREDIT"]


def test_kept_goods_for_which_an_exchange_is_wanted_wait_for_staff(room: Room) -> None:
    use(KEEP)
    rma = ask(room, 1, resolution="EXCHANGE")
    drain()
    rma.refresh_from_db()
    assert (rma.state, line_of(rma).kept, given(rma)) == ("APPROVED", 1, 0)
    assert left(rma) == ["EXCHANGE_WANTED"]
    assert needs(rma, "REFUND")


def needs(rma: Return, what: str) -> bool:
    from saleor_plugins.kernel import clock

    return bool(Return.objects.filter(waiting_for(what, clock.now()), pk=rma.pk).exists())


def test_a_scan_pays_everything_in_advance_once(committed_room: Room) -> None:
    room = committed_room
    use(SCAN)
    rma = ask(room, 2, 1)
    drain()
    assert given(rma) == 0
    track_return(STAFF, rma.pk, "DHL", "123", scanned=True)
    track_return(STAFF, rma.pk, "DHL", "123", scanned=True)
    drain()
    assert len(events("return.scanned")) == 1
    assert events("return.scanned")[0]["trackingNumber"] == "123"
    assert given(rma) == 3000
    replay("returns.terms_scan")
    drain()
    follow_terms.refund_at_scan(rma.pk)
    assert given(rma) == 3000
    room.receive(rma, 2, 1)
    room.inspect(rma, 2, 1)
    drain()
    assert given(rma) == 3000
    assert [row.advanced for row in ReturnLine.objects.filter(rma=rma)] == [0, 0]
    assert list(audit_all()) == []


def test_a_tracking_number_alone_pays_nothing(room: Room) -> None:
    use(SCAN)
    rma = ask(room, 1)
    track_return(STAFF, rma.pk, "DHL", "123")
    drain()
    assert (given(rma), events("return.scanned")) == (0, [])


def test_the_word_of_the_scan_may_come_after_the_parcel(room: Room) -> None:
    use(SCAN)
    rma = ask(room, 2)
    track_return(STAFF, rma.pk, "DHL", "123", scanned=True)
    room.receive(rma, 1)
    room.inspect(rma, 1, disposition="SEND_BACK")
    drain()
    # What was judged and refused earns nothing; the other is on its way.
    assert given(rma) == 1000


def test_a_scan_means_nothing_where_staff_decide(room: Room) -> None:
    use({"approve": [{"automatic": True}]})
    rma = ask(room, 1)
    track_return(STAFF, rma.pk, "DHL", "123", scanned=True)
    room.receive(rma, 1)
    room.inspect(rma, 1)
    drain()
    assert given(rma) == 0
    assert needs(rma, "REFUND")
    assert left(rma) == []


def test_accepted_goods_are_paid_at_the_inspection(committed_room: Room) -> None:
    room = committed_room
    use(INSPECTION)
    rma = ask(room, 3)
    track_return(STAFF, rma.pk, "DHL", "123", scanned=True)
    room.receive(rma, 3)
    drain()
    assert given(rma) == 0
    room.inspect(rma, 1)
    room.inspect(rma, 1, disposition="SEND_BACK")
    drain()
    assert given(rma) == 1000
    room.inspect(rma, 1)
    replay("returns.terms_inspection")
    drain()
    assert given(rma) == 2000
    assert Refund.objects.filter(rma=rma).count() == 2


def test_lines_of_two_wishes_are_each_given_their_way(committed_room: Room) -> None:
    room = committed_room
    use(SCAN)
    order = room.make_shipped(1, 1)
    first, second = order.lines
    rma = request_return(STAFF, order.id, [Item(1, first.id), Item(1, second.id, resolution="STORE_CREDIT")])
    track_return(STAFF, rma.pk, "DHL", "1", scanned=True)
    drain()
    assert sorted(RefundPart.objects.filter(refund__rma=rma).values_list("kind", "amount")) == [
        ("PAYMENT", 1000),
        ("STORE_CREDIT", 1000),
    ]


def test_money_that_needs_a_person_waits_for_one(room: Room) -> None:
    use(SCAN)
    rma = ask(room, 1)
    drain()
    order = room.data.shop.order(rma.order_id)
    room.data.refund_elsewhere(order, 500)
    track_return(STAFF, rma.pk, "DHL", "1", scanned=True)
    drain()
    assert (given(rma), left(rma)) == (0, ["ABOVE_CEILING"])
    assert needs(rma, "PROMISED_REFUND")
    refund_return(STAFF, rma.pk, 500, advance=[(room.keys(rma)[0], 1)])
    assert not needs(rma, "PROMISED_REFUND")


def test_an_order_that_nobody_has_explained_waits_too(room: Room) -> None:
    use(SCAN)
    rma = ask(room, 1)
    rma.order.review = "Its rows do not add up."
    rma.order.save(update_fields=["review"])
    track_return(STAFF, rma.pk, "DHL", "1", scanned=True)
    drain()
    assert (given(rma), left(rma)) == (0, ["NEEDS_REVIEW"])


def test_a_refused_refund_is_not_tried_again_by_itself(committed_room: Room) -> None:
    room = committed_room
    use(INSPECTION)
    rma = ask(room, 2)
    room.receive(rma, 2)
    room.inspect(rma, 1)
    with room.data.answering("refuses"):
        drain()
        room.inspect(rma, 1)
        drain()
    assert [refund.state for refund in Refund.objects.filter(rma=rma)] == ["FAILED"]
    assert needs(rma, "FAILED_REFUND")
    assert needs(rma, "REFUND")


def test_what_staff_paid_first_is_not_paid_twice(room: Room) -> None:
    use(INSPECTION)
    rma = ask(room, 1)
    room.receive(rma, 1)
    room.inspect(rma, 1)
    refund_return(STAFF, rma.pk)
    drain()
    assert (given(rma), left(rma)) == (1000, [])


def test_switched_off_nothing_happens(room: Room) -> None:
    use(KEEP)
    rma = ask(room, 1)
    room.data.configure_plugin("saleor_plugins.returns", active=False)
    drain()
    assert line_of(rma).kept == 0


def test_terms_are_those_of_the_day_it_was_asked_for(room: Room) -> None:
    use({"approve": [{"automatic": False}], "keep": KEEP["keep"]})
    rma = ask(room, 1)
    use({})
    approve_return(STAFF, rma.pk)
    drain()
    assert line_of(rma).kept == 1


def test_workers_at_the_same_moment_pay_once(committed_room: Room) -> None:
    room = committed_room
    use(SCAN)
    rma = ask(room, 3)
    track_return(STAFF, rma.pk, "DHL", "1", scanned=True)
    run_together(*[lambda: follow_terms.refund_at_scan(rma.pk)] * 4, lambda: _refund_by_hand(room, rma))
    assert given(rma) == 3000
    assert line_of(rma).credited == 3


def _refund_by_hand(room: Room, rma: Return) -> None:
    try:
        refund_return(STAFF, rma.pk, advance=[(room.keys(rma)[0], 3)])
    except Exception as error:
        assert getattr(error, "code", "") in ("OVER_ADVANCE", "NOTHING_TO_REFUND", "REFUND_PENDING"), error


def run_together(*works: Any) -> None:
    gate, failures = threading.Barrier(len(works)), []

    def run(work: Any) -> None:
        try:
            gate.wait()
            work()
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.fixture
def exchanged(committed_room: Room) -> tuple[Room, Return, str]:
    """A return that was exchanged, its new order cancelled in the shop."""
    room = committed_room
    rma = ask(room, 1, resolution="EXCHANGE")
    approve_return(STAFF, rma.pk)
    room.receive(rma, 1)
    room.inspect(rma, 1)
    order_id = exchange_return(STAFF, rma.pk).order_id
    drain()
    assert find_canceled() == 0
    room.data.set_status(room.data.shop.order(order_id), OrderStatus.CANCELED)
    return room, rma, order_id


def test_a_cancelled_exchange_is_found_and_its_credit_goes_back_once(
    exchanged: tuple[Room, Return, str],
) -> None:
    room, rma, order_id = exchanged
    tasks_terms.find_canceled_exchanges()
    tasks_terms.find_canceled_exchanges()
    assert len(events("returns.exchange_canceled")) == 1
    drain()
    assert given_back(rma) == [1000]
    replay("returns.exchange_canceled")
    drain()
    cancel_by_itself(rma.pk, order_id)
    assert (given_back(rma), left(rma), find_canceled()) == ([1000], [], 0)
    assert room.payment(room.data.shop.order(rma.order_id)).refunded == 1000
    assert list(audit_all()) == []


def given_back(rma: Return) -> list[int]:
    rows = RefundPart.objects.filter(refund__rma=rma, kind="PAYMENT")
    return list(rows.values_list("amount", flat=True))


def test_the_shops_own_word_of_it_is_enough(exchanged: tuple[Room, Return, str]) -> None:
    from saleor_plugins.delivery import emit

    _, rma, order_id = exchanged
    for key in (order_id, rma.order_id, order_id):
        emit(tasks_terms.ORDER_CANCELED, {"orderId": key})
    drain()
    assert given_back(rma) == [1000]


def test_an_order_that_lives_gives_nothing_back(exchanged: tuple[Room, Return, str]) -> None:
    room, rma, order_id = exchanged
    room.data.set_status(room.data.shop.order(order_id), OrderStatus.UNFULFILLED)
    assert find_canceled() == 0
    cancel_by_itself(rma.pk, order_id)
    assert (given_back(rma), left(rma)) == ([], [])


def test_many_words_of_a_cancelled_exchange_at_once(exchanged: tuple[Room, Return, str]) -> None:
    _, rma, order_id = exchanged
    key: UUID = rma.pk
    run_together(*[lambda: cancel_by_itself(key, order_id)] * 4)
    assert given_back(rma) == [1000]


def test_staff_may_be_first(exchanged: tuple[Room, Return, str]) -> None:
    from saleor_plugins.returns.usecases.cancel_exchange import cancel_exchange

    _, rma, order_id = exchanged
    cancel_exchange(STAFF, rma.pk, order_id)
    with pytest.raises(Conflict):
        cancel_exchange(STAFF, rma.pk, order_id)
    tasks_terms.find_canceled_exchanges()
    drain()
    assert (given_back(rma), left(rma)) == ([1000], [])
