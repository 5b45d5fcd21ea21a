"""Requests by the merchant's rules and the law: what is offered, refused, approved, kept of the money."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Invalid, NotFound, Required
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import Asker, AskerKind, ShipItem
from saleor_plugins.returns.domain.rules.terms import Terms
from saleor_plugins.returns.models import Draft, Return, ReturnLine, Rulebook
from saleor_plugins.returns.usecases.approve_return import approve_return
from saleor_plugins.returns.usecases.estimate_refund import estimate_refund
from saleor_plugins.returns.usecases.offer_return import offer_return
from saleor_plugins.returns.usecases.refund_return import refund_return
from saleor_plugins.returns.usecases.request_return import Item, request_return

from .rooms import STAFF, Room, events

SENT = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday


def use(**document: object) -> Rulebook:
    """These rules are in use from now on."""
    Rulebook.objects.filter(active=True).update(active=False)
    number = Rulebook.objects.count() + 1
    return Rulebook.objects.create(
        version=number, document=document, active=True, author_kind="STAFF", created=clock.now()
    )


def guest(order) -> Asker:  # type: ignore[no-untyped-def]
    return Asker(AskerKind.CUSTOMER, None, orders=frozenset({order.id}))


def refused(call, *args, **kwargs) -> tuple[str | None, str]:  # type: ignore[no-untyped-def]
    with pytest.raises(Invalid) as caught:
        call(*args, **kwargs)
    return caught.value.field, caught.value.code


@pytest.fixture
def german(room: Room):  # type: ignore[no-untyped-def]
    """An order of two lines that was sent to Germany on a Monday."""
    order = room.make_shipped(3, 1, country="DE")
    room.sent_at(order, SENT)
    with time_machine.travel(SENT + timedelta(days=5), tick=False):
        yield room, order


def line(order, position=0):  # type: ignore[no-untyped-def]
    return sorted(order.lines, key=lambda row: -row.quantity)[position]


def test_an_offer_tells_every_line_and_the_law(german) -> None:  # type: ignore[no-untyped-def]
    _, order = german
    offer = offer_return(guest(order), order.id)
    first = next(row for row in offer.lines if row.order_line_id == line(order).id)
    assert (offer.law, offer.methods, offer.payer, offer.currency) == ("EU", ("OWN",), "MERCHANT", "USD")
    assert (first.available, first.sold, first.most, first.refused, first.withdrawal) == (3, 3, 3, "", True)
    assert first.until == date(2026, 4, 1)
    assert {"CHANGED_MIND", "DEFECTIVE"} < {reason.code for reason in first.reasons}
    assert first.resolutions == ("REFUND", "STORE_CREDIT", "EXCHANGE")


def test_an_offer_is_for_whose_order_it_is(german) -> None:  # type: ignore[no-untyped-def]
    _, order = german
    with pytest.raises(NotFound):
        offer_return(Asker(AskerKind.CUSTOMER, None), order.id)


def test_what_is_gone_or_not_sent_says_so(room: Room) -> None:
    order = room.make_shipped(2, 1)
    room.accepted(order, 2)
    codes = {row.sold: row.refused for row in offer_return(guest(order), order.id).lines}
    assert codes == {2: "NOTHING_LEFT", 1: ""}
    data = room.data.make_order([(room.data.make_variant(stock={room.house: 1}), 1)])
    assert [row.refused for row in offer_return(guest(data), data.id).lines] == ["NOT_SHIPPED"]


def test_a_window_by_country_and_price(german) -> None:  # type: ignore[no-untyped-def]
    _, order = german
    use(
        window=[
            {"when": {"countries": ["US"]}, "days": 1},
            {"when": {"minimum_price": {"USD": "9.99"}}, "days": 60},
        ]
    )
    offer = offer_return(guest(order), order.id)
    assert {row.until for row in offer.lines} == {date(2026, 5, 1)}


def test_the_law_is_longer_than_the_rules(german) -> None:  # type: ignore[no-untyped-def]
    _, order = german
    use(window=[{"days": 2}], final_sale=[{"final": True}])
    first = offer_return(guest(order), order.id).lines[0]
    # Sent on the 2nd, with the customer by the 9th at the latest, 14 days from then.
    assert (first.refused, first.until, first.final_sale) == ("", date(2026, 3, 23), True)
    with time_machine.travel(datetime(2026, 3, 24, 12, tzinfo=UTC), tick=False):
        rows = offer_return(guest(order), order.id).lines
        assert {row.refused for row in rows} == {"WINDOW_CLOSED"}
        assert refused(request_return, guest(order), order.id, [Item(1, line(order).id)]) == (
            "lines.0",
            "FINAL_SALE",
        )


def test_final_sale_where_no_law_holds_may_be_asked_for_as_a_fault(room: Room) -> None:
    order = room.make_shipped(2)
    use(final_sale=[{"final": True}], approve=[{"automatic": True}])
    row = offer_return(guest(order), order.id).lines[0]
    assert row.refused == "" and {reason.code for reason in row.reasons} == {
        "ARRIVED_LATE", "DEFECTIVE", "DAMAGED", "WRONG_ITEM", "NOT_AS_DESCRIBED", "PARTS_MISSING"
    }  # fmt: skip
    asked = [Item(1, row.order_line_id, reason_code="TOO_SMALL")]
    assert refused(request_return, guest(order), order.id, asked) == ("lines.0", "FINAL_SALE")
    rma = request_return(guest(order), order.id, [Item(1, row.order_line_id, reason_code="DEFECTIVE")])
    # Not approved by rule: a person looks at it.
    assert rma.state == "REQUESTED"
    assert Terms.restored(Return.objects.get(pk=rma.pk).terms).review == (
        "Final sale: it cannot be returned.",
    )


def test_a_category_counts_for_all_below_it(room: Room) -> None:
    data = room.data
    root = data.make_category()
    leaf = data.make_category(parent=root)
    variant = data.make_variant(stock={room.house: 1}, category=leaf)
    order = data.make_order([(variant, 1)])
    data.shop.fulfill(order.id, [ShipItem(order.lines[0].id, room.house.id, 1)])
    use(final_sale=[{"when": {"categories": [root]}, "final": True, "faulty_too": True}])
    assert [row.refused for row in offer_return(guest(order), order.id).lines] == ["FINAL_SALE"]


def test_evidence_is_asked_of_shoppers_by_its_field(room: Room) -> None:
    order = room.make_shipped(3)
    use(reasons=[{"offer": ["DAMAGED", "STYLE"], "photos": {"DAMAGED": 1}, "note": ["DAMAGED"]}])
    key = order.lines[0].id

    def ask(**values: str) -> Return:
        return request_return(guest(order), order.id, [Item(1, key, **values)])

    assert refused(ask, reason_code="TOO_SMALL") == ("lines.0.reasonCode", "REASON_NOT_OFFERED")
    assert refused(ask, reason_code="DAMAGED", reason="broken") == ("lines.0.photos", "PHOTOS_REQUIRED")
    assert ask(reason_code="STYLE").state == "REQUESTED"
    assert request_return(STAFF, order.id, [Item(1, key, reason_code="DAMAGED")]).state == "REQUESTED"
    use(reasons=[{"note": ["DAMAGED"]}])
    with pytest.raises(Required) as caught:
        ask(reason_code="DAMAGED")
    assert caught.value.field == "lines.0.reason"
    assert ask(reason_code="DAMAGED", reason="broken").state == "REQUESTED"


def test_fees_and_postage_are_frozen_with_the_return(room: Room) -> None:
    order = room.make_shipped(2, price=1000)
    use(
        fees=[{"when": {"reasons": ["TOO_SMALL"]}, "percent": "10"}],
        postage=[{"payer": "CUSTOMER", "amounts": {"USD": "3.50"}}],
    )
    key = order.lines[0].id
    found = estimate_refund(guest(order), order.id, [(key, 2, "TOO_SMALL")])
    assert found.plan.charge.gross == 2000 - 200 - 350
    rma = request_return(guest(order), order.id, [Item(2, key, reason_code="TOO_SMALL")], method="OWN")
    approve_return(STAFF, rma.pk)
    use(fees=[{"percent": "90"}])
    room.receive(rma, 2)
    room.inspect(rma, 2)
    refund = refund_return(STAFF, rma.pk)
    # They paid a carrier of their own: nothing is kept for a label.
    assert refund.net + refund.tax == 2000 - 200


def test_a_withdrawal_needs_no_more_than_the_law(german) -> None:  # type: ignore[no-untyped-def]
    room, order = german
    room.configure(restocking_fee_percent="20", label_fee="5", refund_shipping="none")
    use(
        reasons=[{"photos": {"STYLE": 1}}],
        quantity=[{"per_request": 1}],
        value=[{"most": {"USD": "1"}, "then": "REFUSE"}],
        approve=[{"automatic": False}],
        serial=[{"days": 365, "returns": 1, "then": "REFUSE"}],
        final_sale=[{"final": True, "faulty_too": True}],
    )
    items = [Item(row.quantity, row.id) for row in order.lines]
    rma = request_return(guest(order), order.id, items, withdrawal=True, language="de")
    assert (rma.state, rma.withdrawal, rma.language, rma.expires) == ("APPROVED", True, "de", None)
    lines = ReturnLine.objects.filter(rma=rma)
    assert {row.reason_code for row in lines} == {"WITHDRAWAL"}
    terms = Terms.restored(Return.objects.get(pk=rma.pk).terms)
    assert (terms.law, terms.label_fee, terms.refund_due) == ("EU", 0, date(2026, 3, 21))
    assert [e["requestedBy"] for e in events("return.requested")] == ["CUSTOMER"]


def test_all_that_was_paid_comes_back_of_a_withdrawal_with_delivery(german) -> None:  # type: ignore[no-untyped-def]
    room, order = german
    room.configure(restocking_fee_percent="20", label_fee="5", refund_shipping="none")
    items = [Item(row.quantity, row.id) for row in order.lines]
    found = estimate_refund(
        guest(order), order.id, [(i.order_line_id, i.quantity) for i in items], withdrawal=True
    )
    assert found.plan.charge.gross == order.total_gross
    rma = request_return(guest(order), order.id, items, withdrawal=True)
    units = list(ReturnLine.objects.filter(rma=rma).order_by("position").values_list("requested", flat=True))
    room.receive(rma, *units)
    room.inspect(rma, *units)
    refund = refund_return(STAFF, rma.pk)
    assert refund.net + refund.tax == order.total_gross


def test_whoever_withdraws_pays_the_way_back_only_where_the_shop_said_so(german) -> None:  # type: ignore[no-untyped-def]
    room, order = german
    room.configure(label_fee="5", withdrawal_postage="CUSTOMER")
    found = estimate_refund(guest(order), order.id, [(line(order).id, 3)], withdrawal=True)
    assert found.plan.charge.gross == 3 * 1000 - 500


def test_whoever_gives_the_law_as_their_reason_withdraws(german) -> None:  # type: ignore[no-untyped-def]
    _, order = german
    use(approve=[{"automatic": False}], quantity=[{"per_request": 1}], reasons=[{"offer": ["STYLE"]}])
    asked = [Item(2, line(order).id, reason_code="WITHDRAWAL")]
    assert request_return(guest(order), order.id, asked).state == "APPROVED"
    # What comes with it and is asked for otherwise is judged by the rules.
    more = [
        Item(1, line(order).id, reason_code="WITHDRAWAL"),
        Item(1, line(order, 1).id, reason_code="STYLE"),
    ]
    assert refused(request_return, guest(order), order.id, more) == ("lines.1.quantity", "TOO_MANY")
    use(approve=[{"automatic": False}])
    assert request_return(guest(order), order.id, more).state == "REQUESTED"


def test_no_withdrawal_where_the_law_gives_none(room: Room) -> None:
    order = room.make_shipped(1)
    asked = [Item(1, order.lines[0].id)]
    assert refused(request_return, guest(order), order.id, asked, withdrawal=True) == (
        "lines.0",
        "NO_WITHDRAWAL",
    )
    # Staff may take it all the same; it waits for a yes.
    assert request_return(STAFF, order.id, asked, withdrawal=True).state == "REQUESTED"


def test_a_withdrawal_after_its_last_day(german) -> None:  # type: ignore[no-untyped-def]
    _, order = german
    asked = [Item(1, line(order).id)]
    with time_machine.travel(datetime(2026, 3, 24, 12, tzinfo=UTC), tick=False):
        assert refused(request_return, guest(order), order.id, asked, withdrawal=True) == (
            "lines.0",
            "WINDOW_CLOSED",
        )
    with time_machine.travel(datetime(2026, 3, 23, 23, 59, tzinfo=UTC), tick=False):
        assert request_return(guest(order), order.id, asked, withdrawal=True).state == "APPROVED"


def test_serial_returners_wait_for_a_person(room: Room) -> None:
    order = room.make_shipped(5)
    use(approve=[{"automatic": True}], serial=[{"days": 30, "returns": 2}])
    asked = [Item(1, order.lines[0].id)]
    states = [request_return(guest(order), order.id, asked).state for _ in range(3)]
    assert states == ["APPROVED", "APPROVED", "REQUESTED"]
    use(serial=[{"days": 30, "units": 3, "then": "REFUSE"}])
    assert refused(request_return, guest(order), order.id, asked) == ("lines.0", "LIMIT_REACHED")


def test_a_method_must_be_offered(room: Room) -> None:
    order = room.make_shipped(1)
    asked = [Item(1, order.lines[0].id)]
    assert refused(request_return, guest(order), order.id, asked, method="PIGEON")[0] == "method"
    assert refused(request_return, guest(order), order.id, asked, method="DROP_OFF")[0] == "method"
    assert refused(request_return, guest(order), order.id, asked, language="tlh")[0] == "language"
    use(methods=[{"offer": ["DROP_OFF"]}])
    rma = request_return(guest(order), order.id, asked, method="DROP_OFF")
    assert Return.objects.get(pk=rma.pk).method == "DROP_OFF"


def test_a_draft_becomes_one_return(room: Room) -> None:
    order = room.make_shipped(2)
    other = room.make_shipped(1)
    now = clock.now()
    draft = Draft.objects.create(order_id=order.id, created=now, expires=now + timedelta(days=1))
    asked = [Item(1, order.lines[0].id)]
    first = request_return(guest(order), order.id, asked, draft=draft.pk)
    again = request_return(guest(order), order.id, asked, draft=draft.pk)
    assert first.pk == again.pk and Return.objects.count() == 1
    for key, whose in ((draft.pk, other), (uuid4(), order)):
        with pytest.raises(NotFound) as caught:
            request_return(guest(whose), whose.id, [Item(1, whose.lines[0].id)], draft=key)
        assert caught.value.field == "draftId"


def test_the_terms_name_their_rulebook_and_stay(room: Room) -> None:
    order = room.make_shipped(2)
    book = use(window=[{"days": 90}], expiry=[{"days": 9}])
    rma = request_return(guest(order), order.id, [Item(1, order.lines[0].id)])
    use(expiry=[{"days": 1}])
    row = Return.objects.get(pk=rma.pk)
    assert row.rulebook_id == book.pk
    said = {(each.rule, each.clause): each.why for each in Terms.restored(row.terms).findings}
    assert "90 days" in said["window", "0"] and said["expiry", "0"] == "An approval expires 9 days later."
    approve_return(STAFF, rma.pk)
    row.refresh_from_db()
    assert row.expires is not None and (row.expires - clock.now()).days in (9, 10)


def test_an_offer_of_many_lines_takes_no_more_queries(room: Room) -> None:
    use(
        window=[{"when": {"categories": [to_global("Category", 1)]}, "days": 3}],
        serial=[{"days": 30, "returns": 99}],
    )
    counts = []
    for size in (1, 12):
        order = room.make_shipped(*[1] * size)
        with CaptureQueriesContext(connection) as seen:
            offer_return(guest(order), order.id)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_an_estimate_is_by_what_the_goods_come_back_for(room: Room) -> None:
    order = room.make_shipped(1, price=1000)
    use(fees=[{"when": {"resolutions": ["REFUND"]}, "percent": "10"}])
    key = order.lines[0].id

    def gross(*why: str) -> int:
        return estimate_refund(guest(order), order.id, [(key, 1, *why)]).plan.charge.gross

    assert (gross(), gross("STYLE", "STORE_CREDIT"), gross("STYLE", "REFUND")) == (900, 1000, 900)
    assert refused(gross, "BORED")[0] == "lines.0.reasonCode"
    assert refused(gross, "STYLE", "GOLD")[0] == "lines.0.resolution"
