"""Between the request and the end of a return: approval in part, deadlines, keeping, late parcels, reopening."""

from __future__ import annotations

from datetime import timedelta

import pytest

from saleor_plugins.delivery.relay import drain
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict, Invalid, NotFound, OpsError, PermissionDenied, Required
from saleor_plugins.platform.port import AskerKind
from saleor_plugins.returns import store
from saleor_plugins.returns.models import LedgerEntry, Return, ReturnLine
from saleor_plugins.returns.tasks.desk import find_expired
from saleor_plugins.returns.usecases.approve_return import approve_return
from saleor_plugins.returns.usecases.cancel_return import cancel_return
from saleor_plugins.returns.usecases.close_return import close_return
from saleor_plugins.returns.usecases.decline_return import decline_return
from saleor_plugins.returns.usecases.expire_return import expire_return
from saleor_plugins.returns.usecases.keep_units import keep_units
from saleor_plugins.returns.usecases.refund_return import refund_return
from saleor_plugins.returns.usecases.reopen_return import reopen_return
from saleor_plugins.returns.usecases.request_return import Item, request_return
from saleor_plugins.returns.usecases.returnable_lines import returnable_lines
from saleor_plugins.returns.usecases.track_return import track_return
from tests.integration.returns.rooms import MANAGER, STAFF, events


def available(order):
    return [line.available for line in returnable_lines(STAFF, order.id)]


def now_of(rma):
    return Return.objects.get(pk=rma.pk)


def lines_of(rma):
    return list(ReturnLine.objects.filter(rma=rma).order_by("position"))


@pytest.fixture
def later(monkeypatch):
    """Let days go by."""
    real = clock.now
    return lambda days: monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=days))


def sweep():
    find_expired()
    drain()


# Approval


def test_approval_in_part_declines_the_rest_and_frees_it(room):
    order = room.make_shipped(5, 3)
    rma = room.request(order, 5, 3)
    first, _ = room.keys(rma)
    approve_return(STAFF, rma.pk, [(first, 2)])
    assert [(line.approved, line.declined) for line in lines_of(rma)] == [(2, 3), (0, 3)]
    assert sorted(available(order)) == [3, 3]
    (event,) = events("return.approved")
    assert [(line["approved"], line["declined"]) for line in event["lines"] if "approved" in line] == [(2, 3)]
    assert [line["declined"] for line in event["lines"]] == [3, 3]
    with pytest.raises(Invalid) as caught:
        room.receive(rma, 3)
    assert caught.value.code == "OVER_RECEIPT"


def test_an_approval_that_makes_no_sense_changes_nothing(room):
    rma, other = room.request(room.make_shipped(2), 2), room.request(room.make_shipped(1), 1)
    (key,), (foreign,) = room.keys(rma), room.keys(other)
    cases = [
        ([], Required, "lines"),
        ([(key, 3)], Invalid, "lines.0.quantity"),
        ([(key, -1)], Invalid, "lines.0.quantity"),
        ([(key, 10**9)], Invalid, "lines.0.quantity"),
        ([(key, 0)], Invalid, "lines"),
        ([(key, 1), (key, 1)], Invalid, "lines.1.returnLineId"),
        ([(foreign, 1)], NotFound, "lines.0.returnLineId"),
    ]
    for items, kind, field in cases:
        with pytest.raises(kind) as caught:
            approve_return(STAFF, rma.pk, items)
        assert caught.value.field == field
    assert now_of(rma).state == "REQUESTED"
    assert not events("return.approved")


def test_staff_may_say_where_the_goods_shall_go(room):
    other = room.data.make_warehouse(country="DE", countries=["DE"])
    rma = room.request(room.make_shipped(1), 1)
    with pytest.raises(NotFound) as caught:
        approve_return(STAFF, rma.pk, destination_id=rma.order_id)
    assert caught.value.field == "warehouseId"
    assert approve_return(STAFF, rma.pk, destination_id=other.id).destination_id == other.id
    assert events("return.approved")[0]["destinationId"] == other.id


def test_the_rule_says_where_the_goods_shall_go(room):
    room.configure(restock_into="FIXED", restock_warehouse=room.house.id)
    assert room.approved(room.make_shipped(1), 1).destination_id == room.house.id


def test_what_staff_typed_into_a_refusal_must_say_something(room):
    rma = room.request(room.make_shipped(1), 1)
    for nothing in ("", "  ", "\x00\u200b", "\u200d"):
        with pytest.raises(Required) as caught:
            decline_return(STAFF, rma.pk, nothing)
        assert caught.value.field == "reason"
    assert now_of(rma).state == "REQUESTED"


# Deadline, tracking, expiry


def test_an_approved_return_expires_and_its_units_are_free(room, later):
    room.configure(expiry_days="14")
    order = room.make_shipped(2)
    rma = room.approved(order, 2)
    assert now_of(rma).expires is not None
    sweep()
    assert now_of(rma).state == "APPROVED"
    later(16)
    sweep()
    assert (now_of(rma).state, available(order)) == ("EXPIRED", [2])
    (event,) = events("return.expired")
    assert [(line["missing"], line["quantity"]) for line in event["lines"]] == [(2, 2)]
    assert LedgerEntry.objects.get(rma=rma, verb="expire").asker_id == "system"
    sweep()
    assert len(events("return.expired")) == 1


def test_nothing_expires_by_default(room, later):
    rma = room.approved(room.make_shipped(1), 1)
    later(3650)
    sweep()
    assert (now_of(rma).expires, now_of(rma).state) == (None, "APPROVED")


def test_the_deadline_is_the_policys_of_the_day_it_was_requested(room):
    room.configure(expiry_days="14")
    rma = room.request(room.make_shipped(1), 1)
    room.configure(expiry_days="1", return_window_days="0")
    approve_return(STAFF, rma.pk)
    assert now_of(rma).expires > clock.now() + timedelta(days=13)


def test_a_scan_stops_the_clock_and_a_number_does_not(room, later):
    room.configure(expiry_days="5")
    scanned, named = (room.approved(room.make_shipped(1), 1) for _ in range(2))
    track_return(STAFF, scanned.pk, "DHL", "JD1", scanned=True)
    track_return(STAFF, named.pk, "DHL", "JD2")
    later(9)
    sweep()
    assert (now_of(scanned).state, now_of(named).state) == ("APPROVED", "EXPIRED")


def test_a_scan_that_comes_after_the_sweep_has_looked_still_stops_it(room, later):
    room.configure(expiry_days="5")
    rma = room.approved(room.make_shipped(1), 1)
    later(9)
    find_expired()
    track_return(STAFF, rma.pk, scanned=True)
    drain()
    assert now_of(rma).state == "APPROVED"
    assert expire_return(rma.pk) is False


def test_what_is_kept_or_credited_does_not_expire_and_keeps_nobody_else_waiting(room, later, monkeypatch):
    room.configure(expiry_days="5")
    kept = room.approved(room.make_shipped(2), 2)
    keep_units(STAFF, kept.pk, [(room.keys(kept)[0], 1)])
    plain = room.approved(room.make_shipped(1), 1)
    later(9)
    assert store.expired(clock.now(), limit=1) == [plain.pk]
    sweep()
    assert (now_of(kept).state, now_of(plain).state) == ("APPROVED", "EXPIRED")
    assert expire_return(kept.pk) is False


def test_a_desk_that_is_switched_off_expires_nothing(room, later):
    room.configure(expiry_days="5")
    rma = room.approved(room.make_shipped(1), 1)
    later(9)
    room.data.configure_plugin("saleor_plugins.returns", active=False)
    sweep()
    assert now_of(rma).state == "APPROVED"
    room.configure(expiry_days="5")
    sweep()
    assert now_of(rma).state == "EXPIRED"


def test_customers_name_their_parcel_and_cannot_scan_it(room):
    me, _ = room.data.make_asker(AskerKind.CUSTOMER)
    other, _ = room.data.make_asker(AskerKind.CUSTOMER)
    order = room.make_shipped(1, user_id=me.id)
    rma = room.approved(order, 1)
    track_return(me, rma.pk, " DHL\tExpress ", "JD 1\n")
    assert (now_of(rma).carrier, now_of(rma).tracking_number) == ("DHL Express", "JD 1")
    with pytest.raises(PermissionDenied):
        track_return(me, rma.pk, "DHL", "JD 1", scanned=True)
    with pytest.raises(NotFound):
        track_return(other, rma.pk, "DHL", "JD 2")
    track_return(STAFF, rma.pk, scanned=True)
    first = now_of(rma).scanned
    with pytest.raises(Conflict) as caught:
        track_return(me, rma.pk, "DHL", "JD 3")
    assert caught.value.code == "SCANNED"
    assert track_return(STAFF, rma.pk, "", "JD 4", scanned=True).scanned == first
    assert now_of(rma).tracking_number == "JD 4"


def test_the_same_number_again_changes_nothing(room):
    rma = room.approved(room.make_shipped(1), 1)
    for _ in range(2):
        track_return(STAFF, rma.pk, "DHL", "JD1")
    assert LedgerEntry.objects.filter(rma=rma, verb="track").count() == 1
    for bad, field in (
        ({}, None),
        ({"tracking_number": "x" * 256}, "trackingNumber"),
        ({"carrier": "x" * 101}, "carrier"),
    ):
        if field:
            with pytest.raises(Invalid) as caught:
                track_return(STAFF, rma.pk, **bad)
            assert caught.value.field == field
    fresh = room.approved(room.make_shipped(1), 1)
    with pytest.raises(Required):
        track_return(STAFF, fresh.pk)
    with pytest.raises(Conflict):
        track_return(STAFF, room.request(room.make_shipped(1), 1).pk, "DHL", "JD1")


# Late parcels


def test_a_late_parcel_is_refused_when_another_return_has_its_units(room, later):
    room.configure(expiry_days="5")
    order = room.make_shipped(3)
    rma = room.approved(order, 3)
    later(9)
    sweep()
    room.request(order, 2)
    with pytest.raises(Conflict) as caught:
        room.receive(rma, 2)
    assert (caught.value.field, caught.value.code) == ("lines.0.quantity", "UNRETURNABLE")
    assert now_of(rma).state == "EXPIRED"
    room.receive(rma, 1)
    (line,) = lines_of(rma)
    assert (line.received, line.missing, available(order)) == (1, 2, [0])


def test_a_parcel_that_comes_after_the_expiry_is_taken_in(room, later):
    room.configure(expiry_days="5")
    order = room.make_shipped(2)
    rma = room.approved(order, 2)
    later(9)
    sweep()
    room.receive(rma, 1)
    (line,) = lines_of(rma)
    assert (now_of(rma).state, line.received, line.missing) == ("RECEIVING", 1, 1)
    assert available(order) == [1]


# Keeping


def test_kept_units_stay_reserved_and_earn_their_money(committed_room):
    room = committed_room
    order = room.make_shipped(3, price=1000)
    rma = room.approved(order, 2)
    (key,) = room.keys(rma)
    keep_units(STAFF, rma.pk, [(key, 1)])
    assert available(order) == [1]
    (event,) = events("return.kept")
    assert [(line["kept"], line["sku"], line["orderLineId"]) for line in event["lines"]] == [
        (1, order.lines[0].sku, order.lines[0].id)
    ]
    with pytest.raises(Invalid) as caught:
        keep_units(STAFF, rma.pk, [(key, 2)])
    assert (caught.value.field, caught.value.code) == ("lines.0.quantity", "OVER_KEEP")
    with pytest.raises(Conflict) as caught:
        close_return(STAFF, rma.pk)
    assert caught.value.code == "NOT_REFUNDED"
    with pytest.raises(Conflict) as caught:
        cancel_return(STAFF, rma.pk)
    assert caught.value.code == "CREDITED"
    refund_return(STAFF, rma.pk)
    drain()
    assert room.payment(order).refunded == 1000
    close_return(STAFF, rma.pk)
    (line,) = lines_of(rma)
    assert (line.kept, line.missing, line.settled) == (1, 1, 1)
    assert (now_of(rma).state, available(order)) == ("CLOSED", [2])


def test_a_return_of_which_nothing_came_and_nothing_is_kept_is_not_closed(room):
    rma = room.approved(room.make_shipped(1), 1)
    with pytest.raises(Conflict) as caught:
        close_return(STAFF, rma.pk)
    assert caught.value.field == "state"
    assert cancel_return(STAFF, rma.pk).state == "CANCELED"


def test_units_are_kept_from_an_approval_on_and_until_the_end(room):
    rma = room.request(room.make_shipped(1), 1)
    for prepare in (lambda: None, lambda: decline_return(STAFF, rma.pk, "No.")):
        prepare()
        with pytest.raises(Conflict):
            keep_units(STAFF, rma.pk, [(room.keys(rma)[0], 1)])


# Reopening


def closed(room, order, units=2, came=1):
    """A return of which not everything came."""
    rma = room.approved(order, units)
    room.receive(rma, came)
    room.inspect(rma, came, disposition="SEND_BACK")
    close_return(STAFF, rma.pk)
    return rma


def test_a_finished_return_is_reopened_with_its_counters(room):
    order = room.make_shipped(2)
    rma = closed(room, order)
    assert now_of(rma).closed
    reopen_return(MANAGER, rma.pk, "The second one was found.")
    again, (line,) = now_of(rma), lines_of(rma)
    assert (again.state, again.closed, again.reopened) == ("RECEIVING", None, 1)
    assert (line.received, line.rejected, line.missing) == (1, 1, 0)
    assert available(order) == [0]
    (event,) = events("return.reopened")
    assert (event["reason"], event["reopened"]) == ("The second one was found.", 1)
    assert [line["missing"] for line in event["lines"]] == [-1]
    room.receive(rma, 1)
    room.inspect(rma, 1, disposition="SEND_BACK")
    close_return(STAFF, rma.pk)
    assert reopen_return(MANAGER, rma.pk, "Once more.").reopened == 2


def test_what_somebody_else_has_is_not_awaited_again(room):
    order = room.make_shipped(3)
    rma = closed(room, order, units=3)
    room.request(order, 1)
    reopen_return(MANAGER, rma.pk, "Late parcel.")
    (line,) = lines_of(rma)
    assert (line.missing, store.buckets(line).awaited, available(order)) == (1, 1, [0])


def test_reopening_needs_more_than_the_desk(room):
    rma = closed(room, room.make_shipped(2))
    customer, _ = room.data.make_asker(AskerKind.CUSTOMER)
    settings_only, _ = room.data.make_asker(AskerKind.STAFF, "MANAGE_SETTINGS")
    for asker in (STAFF, customer, settings_only):
        with pytest.raises(PermissionDenied):
            reopen_return(asker, rma.pk, "Because.")
    with pytest.raises(Required):
        reopen_return(MANAGER, rma.pk, " ")
    assert now_of(rma).state == "CLOSED"
    reopen_return(MANAGER, rma.pk, "Because.")
    with pytest.raises(Conflict):
        reopen_return(MANAGER, rma.pk, "Because.")


# Who asked


def test_a_rule_approves_in_its_own_name(room):
    room.configure(auto_approve=True)
    me, _ = room.data.make_asker(AskerKind.CUSTOMER)
    order = room.make_shipped(1, user_id=me.id)
    rma = request_return(me, order.id, [Item(1, order.lines[0].id)])
    assert (now_of(rma).requested_by, now_of(rma).state) == ("CUSTOMER", "APPROVED")
    entries = dict(LedgerEntry.objects.filter(rma=rma).values_list("verb", "asker_id"))
    assert entries == {"request": me.id, "approve": "system"}


def test_a_verb_that_fails_leaves_no_trace(room, monkeypatch):
    order = room.make_shipped(1)
    rma = room.approved(order, 1)
    monkeypatch.setattr(store.steps, "clock", None)
    with pytest.raises((OpsError, AttributeError)):
        keep_units(STAFF, rma.pk, [(room.keys(rma)[0], 1)])
    (line,) = lines_of(rma)
    assert (line.kept, now_of(rma).state) == (0, "APPROVED")
    assert not events("return.kept")
