"""Refunds that the law wants by a day: counted by the shop's days, not by hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from saleor_plugins.kernel import clock
from saleor_plugins.returns.domain.reports.scope import Scope
from saleor_plugins.returns.models import OrderLedger, Return, ReturnLine
from saleor_plugins.returns.reports.pending import all_deadlines, deadlines
from saleor_plugins.returns.usecases.cancel_return import cancel_return

from .rooms import STAFF, Room

pytestmark = pytest.mark.django_db
# Half past eleven in the evening in Berlin, on the 20th.
NOW = datetime(2026, 3, 20, 22, 30, tzinfo=UTC)
ANY = Scope(NOW - timedelta(days=1), NOW)


@pytest.fixture
def berlin(room: Room, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Room:
    settings.TIME_ZONE = "Europe/Berlin"
    return room


def withdrawn(room: Room, at: datetime, country: str = "DE") -> Return:
    """A withdrawal that was asked for then, in no terms of its own."""
    rma = room.request(room.make_shipped(2), 2)
    OrderLedger.objects.filter(pk=rma.order_id).update(country=country)
    Return.objects.filter(pk=rma.pk).update(withdrawal=True, created=at)
    rma.refresh_from_db()
    return rma


def test_by_day_in_the_shops_zone(berlin: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Days turn at 23:00 UTC there: the 6th at 22:59 UTC is its 6th, a minute later its 7th."""
    days = {
        "last day is over": datetime(2026, 3, 5, 22, 59, tzinfo=UTC),
        "last day is today": datetime(2026, 3, 5, 23, 0, tzinfo=UTC),
        "in three days": datetime(2026, 3, 9, 22, 59, tzinfo=UTC),
        "in four days": datetime(2026, 3, 9, 23, 0, tzinfo=UTC),
    }
    made = {withdrawn(berlin, at).number: words for words, at in days.items()}
    monkeypatch.setattr(clock, "now", lambda: NOW)
    found = deadlines(ANY)
    assert {made[row.number]: (row.due, row.days_left) for row in found.rows} == {
        "last day is over": (date(2026, 3, 19), -1),
        "last day is today": (date(2026, 3, 20), 0),
        "in three days": (date(2026, 3, 23), 3),
        "in four days": (date(2026, 3, 24), 4),
    }
    assert (found.overdue, found.soon, found.later) == (1, 2, 1)
    assert [row.days_left for row in all_deadlines(ANY)] == [-1, 0, 3, 4]
    assert [row.days_left for row in deadlines(ANY, limit=2).rows] == [-1, 0]


def test_over_the_change_of_the_clocks(berlin: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Summer time begins on 29 March: the last day still ends at midnight, an hour earlier by UTC."""
    withdrawn(berlin, datetime(2026, 3, 25, 12, tzinfo=UTC))
    for now, overdue in (
        (datetime(2026, 4, 8, 21, 59, tzinfo=UTC), 0),
        (datetime(2026, 4, 8, 22, tzinfo=UTC), 1),
    ):
        monkeypatch.setattr(clock, "now", lambda now=now: now)
        assert deadlines(ANY).overdue == overdue


def test_what_is_paid_cancelled_or_no_withdrawal_is_not_due(berlin: Room) -> None:
    old = clock.now() - timedelta(days=30)
    paid, gone, sent_back, plain = (withdrawn(berlin, old) for _ in range(4))
    ReturnLine.objects.filter(rma=paid).update(
        approved=2, received=2, accepted=2, credited=2, settled=2, requested=2
    )
    cancel_return(STAFF, gone.pk)
    ReturnLine.objects.filter(rma=sent_back).update(approved=2, received=2, rejected=2)
    Return.objects.filter(pk=plain.pk).update(withdrawal=False)
    assert deadlines(ANY).rows == ()
    ReturnLine.objects.filter(rma=paid).update(settled=1)
    assert [(row.number, row.units) for row in deadlines(ANY).rows] == [(paid.number, 1)]


def test_it_may_wait_for_the_goods_or_a_proof(berlin: Room) -> None:
    old = clock.now() - timedelta(days=1)
    waits, scanned, received = (withdrawn(berlin, old, country) for country in ("DE", "GB", "PL"))
    Return.objects.filter(pk=scanned.pk).update(scanned=old)
    ReturnLine.objects.filter(rma=received).update(approved=2, received=1)
    assert {row.number: (row.withheld, row.law) for row in deadlines(ANY).rows} == {
        waits.number: (True, "EU"),
        scanned.number: (False, "UK"),
        received.number: (False, "EU"),
    }


def test_of_a_country(berlin: Room) -> None:
    withdrawn(berlin, clock.now(), "DE")
    assert deadlines(Scope(NOW, NOW + timedelta(days=1), country="PL")).later == 0
    assert deadlines(Scope(NOW, NOW + timedelta(days=1), country="DE")).later == 1
