"""The reports against an oracle that goes through the rows one by one, in plain Python."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_plugins.returns import keys
from saleor_plugins.returns.domain.reports.scope import Scope
from saleor_plugins.returns.domain.reports.waterfall import StepKind
from saleor_plugins.returns.models import Followup, Inspection, Refund, Return, ReturnLine
from saleor_plugins.returns.reports import customers, goods, money, pending, rates, times

from .lives import Lives, add_label
from .rooms import Room

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
MINE = Scope(START, START + 60 * DAY)


@pytest.fixture
def lives(committed_room: Room, monkeypatch: pytest.MonkeyPatch) -> Lives:
    return Lives(committed_room, monkeypatch, seed=7, start=START)


@pytest.fixture
def lived(lives: Lives) -> Lives:
    """Thirty orders over sixty days, twenty-six of them with returns; what is outside of MINE too."""
    for number in range(30):
        lives.clock.at = START + number * 2 * DAY - 2 * DAY
        order = lives.order(country="US" if number % 3 else "DE")
        if number % 7:
            rma = lives.live(order)
            if number % 2:
                add_label(rma, 400 + number)
                add_label(rma, 9999, state="FAILED")
    return lives


def mine(scope: Scope) -> list[Return]:
    rows = Return.objects.select_related("order").filter(created__gte=scope.since, created__lt=scope.until)
    return [row for row in rows if scope.country in ("", row.order.country)]


def of(scope: Scope, line: str = "line") -> list[ReturnLine]:
    chosen = {row.pk for row in mine(scope)}
    return [row for row in ReturnLine.objects.select_related(line) if row.rma_id in chosen]


SCOPES = [MINE, Scope(START + 9 * DAY, START + 33 * DAY, country="DE")]


def check_costs_are_what_the_rows_say(lived: Lives, scope: Scope) -> None:
    (found,) = money.costs(scope)
    steps = {step.kind: step.amount for step in found.steps}
    expected: Counter[str] = Counter()
    for refund in Refund.objects.filter(rma__in=mine(scope)):
        for row in refund.allocations.all():
            expected[row.component] += row.net + row.tax
        for part in refund.parts.exclude(state="REPLACED"):
            expected[part.kind] += part.amount
        expected["REFUNDED"] += refund.net + refund.tax
    for line in of(scope):
        paid = line.line.paid_net + line.line.paid_tax
        expected["KEPT"] += paid * line.kept // line.line.sold
        open_units = max(line.received + line.kept - line.credited, 0)
        expected["NOT_CREDITED"] += paid * open_units // line.line.sold
    scrapped = [(row.receipt_line.return_line, row) for row in Inspection.objects.all()]
    scrapped += [(row.inspection.receipt_line.return_line, row) for row in Followup.objects.all()]
    chosen = {row.pk for row in of(scope)}
    for line, row in scrapped:
        if row.disposition == "SCRAP" and line.pk in chosen:
            expected["SCRAP"] += (line.line.paid_net + line.line.paid_tax) * row.quantity // line.line.sold
    labels = sum(label.cost for row in mine(scope) for label in row.labels.filter(state="BOUGHT"))

    assert found.currency == "USD"
    assert steps[StepKind.CREDITED] == expected["ITEM"] > 0
    assert steps[StepKind.NOT_CREDITED] == -expected["NOT_CREDITED"]
    assert steps[StepKind.RETURNED] == expected["ITEM"] + expected["NOT_CREDITED"]
    assert steps[StepKind.ADJUSTMENTS] == expected["ADJUSTMENT"]
    assert steps[StepKind.REFUNDED] == expected["REFUNDED"]
    assert steps[StepKind.EXCHANGED] == -expected["EXCHANGE"]
    assert steps[StepKind.STORE_CREDIT] == -expected["STORE_CREDIT"]
    assert steps[StepKind.PAID_BACK] == expected["PAYMENT"]
    assert steps[StepKind.KEPT] == expected["KEPT"]
    assert steps[StepKind.SCRAPPED] == expected["SCRAP"]
    assert steps[StepKind.LABELS] == labels > 0
    assert steps[StepKind.COST] == expected["PAYMENT"] + labels + expected["SCRAP"] + expected["KEPT"]
    if scope is MINE:
        told = ("ITEM", "ADJUSTMENT", "EXCHANGE", "STORE_CREDIT", "SCRAP", "KEPT", "NOT_CREDITED")
        assert all(expected[name] for name in told), expected

    (kept,) = money.retained(scope)
    assert (kept.refunded, kept.exchanged, kept.store_credit, kept.paid_back) == (
        expected["REFUNDED"], expected["EXCHANGE"], expected["STORE_CREDIT"], expected["PAYMENT"]
    )  # fmt: skip


def check_rates_by_order_cohort(lived: Lives, scope: Scope) -> None:
    """Units of orders placed then, wherever their returns fall; sold units come from the shop."""
    country = scope.country
    table = rates.return_rates(scope)
    expected: Counter[tuple[str, str]] = Counter()
    for line in ReturnLine.objects.select_related("line__order"):
        order = line.line.order
        if scope.since <= order.ordered < scope.until and country in ("", order.country):
            expected[line.line.variant_id, line.reason_code] += line.received + line.kept
    sold: Counter[str] = Counter()
    for order in lived.room.data.shop.orders(scope.since, scope.until):
        if country in ("", order.shipping_address.country):
            for line in order.lines:
                sold[line.variant_id] += line.quantity
    found = {(row.variant_id, reason): units for row in table.rows for reason, units in row.reasons.items()}
    assert found == {key: units for key, units in expected.items() if units}
    assert {row.variant_id: row.sold for row in table.rows} == {
        row.variant_id: sold[row.variant_id] for row in table.rows
    }
    assert table.sold == sum(sold.values())
    assert table.rate == sum(expected.values()) / sum(sold.values())
    assert [row.returned for row in table.rows] == sorted((row.returned for row in table.rows), reverse=True)


def percentile(values: list[float], share: float) -> float:
    """Linear between the two nearest, as Hyndman and Fan's type 7."""
    values = sorted(values)
    at = (len(values) - 1) * share
    low = int(at)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (at - low)


def check_times_by_stage(lived: Lives, scope: Scope) -> None:
    stages: dict[str, list[float]] = {}
    for rma in mine(scope):
        arrived = [receipt.at for receipt in rma.receipts.all()]
        judged = [row.at for row in Inspection.objects.filter(receipt_line__receipt__rma=rma)]
        refunds = list(rma.refunds.all())
        paid = [row.settled for row in refunds]
        first = {
            "received": min(arrived, default=None),
            "judged": min(judged, default=None),
            "decided": min((row.created for row in refunds), default=None),
            "paid": max(paid) if paid and all(paid) else None,
        }
        for name, began, ended in (
            ("APPROVAL", rma.created, rma.approved),
            ("TRANSPORT", rma.approved, first["received"]),
            ("INSPECTION", first["received"], first["judged"]),
            ("DECISION", first["judged"], first["decided"]),
            ("PAYMENT", first["decided"], first["paid"]),
            ("ALL", rma.created, first["paid"]),
        ):
            if began and ended and ended >= began:
                stages.setdefault(name, []).append((ended - began).total_seconds())
    found = {stage.name: stage for stage in times.times(scope)}
    assert set(found) == set(stages)
    if scope is MINE:
        assert set(stages) == {name for name, _ in times.STAGES}
    for name, values in stages.items():
        assert found[name].count == len(values)
        assert found[name].p50 == pytest.approx(percentile(values, 0.5))
        assert found[name].p90 == pytest.approx(percentile(values, 0.9))


def check_every_unit_has_one_fate(lived: Lives, scope: Scope) -> None:
    expected: Counter[str] = Counter()
    graded: Counter[tuple[str, str]] = Counter()
    for line in of(scope):
        expected.update(KEPT=line.kept, MISSING=line.missing)
        expected["WAITING"] += line.received - line.accepted - line.rejected
        for row in Inspection.objects.filter(receipt_line__return_line=line):
            later = list(row.followups.all())
            fates = [(row.disposition, row.quantity - sum(each.quantity for each in later))]
            for fate, units in fates + [(each.disposition, each.quantity) for each in later]:
                expected[fate] += units
                graded[fate, row.grade] += units
    found = goods.dispositions(scope)
    assert {row.disposition: row.units for row in found} == +expected
    assert scope is not MINE or {"SCRAP", "RESTOCK", "SEND_BACK", "KEPT"} <= set(expected)
    told = {(row.disposition, grade): units for row in found for grade, units in row.grades.items()}
    assert told == {key: units for key, units in graded.items() if units and key[1]}
    received = sum(line.received for line in of(scope))
    assert sum(row.units for row in found if row.disposition not in ("KEPT", "MISSING")) == received


def check_who_returns_most(lived: Lives, scope: Scope) -> None:
    expected: Counter[str] = Counter()
    void = ("DECLINED", "CANCELED", "EXPIRED")
    for line in of(scope, "rma__order"):
        if line.rma.state not in void:
            expected[line.rma.order.customer_key] += line.requested - line.declined - line.missing
    found = customers.concentration(scope)
    assert {row.key: row.units for row in found.rows} == +expected
    assert set(expected) <= {keys.customer_key(f"{name}@example.com") for name in ("ada", "bob", "eve")}
    assert (found.customers, found.units) == (len(+expected), sum(expected.values()))
    assert found.rows[-1].cumulative == pytest.approx(1)
    assert sum(row.share for row in found.rows) == pytest.approx(1)
    assert len(customers.concentration(scope, limit=1).rows) == 1


def check_refunded_and_not_received(lived: Lives, scope: Scope) -> None:
    expected = {}
    for line in of(scope):
        units = line.credited - line.kept - line.received
        if units > 0:
            worth = (line.line.credited_net + line.line.credited_tax) * units // line.line.credited
            expected[line.rma.number, line.line.sku] = (units, worth)
    found = list(pending.unreceived(scope))
    assert {(row.number, row.sku): (row.units, row.value) for row in found} == expected
    assert expected or scope is not MINE
    assert pending.unreceived_units(scope) == sum(units for units, _ in expected.values())


def test_a_period_without_anything(committed_room: Room) -> None:
    assert money.costs(MINE) == money.retained(MINE) == times.times(MINE) == goods.dispositions(MINE) == []
    assert rates.return_rates(MINE).rate is None
    assert customers.concentration(MINE).rows == ()


def check_queries_do_not_grow(lived: Lives, scope: Scope) -> None:
    def count(chosen: Scope) -> list[int]:
        counts = []
        for report in (
            rates.return_rates, money.costs, money.retained, times.times, goods.dispositions,
            customers.concentration, pending.deadlines, lambda scope: list(pending.unreceived(scope)),
        ):  # fmt: skip
            with CaptureQueriesContext(connection) as queries:
                report(chosen)
            counts.append(len(queries))
        return counts

    few = count(Scope(START, START + 6 * DAY))
    assert few == count(MINE) == [2, 7, 3, 1, 3, 1, 2, 1]


def test_every_report_agrees_with_its_oracle(lived: Lives) -> None:
    for scope in SCOPES:
        check_costs_are_what_the_rows_say(lived, scope)
        check_rates_by_order_cohort(lived, scope)
        check_times_by_stage(lived, scope)
        check_every_unit_has_one_fate(lived, scope)
        check_who_returns_most(lived, scope)
        check_refunded_and_not_received(lived, scope)
    check_queries_do_not_grow(lived, MINE)
