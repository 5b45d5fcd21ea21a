"""What units cost, derived from the ledger and the costs booked beside the goods."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from fractions import Fraction
from uuid import UUID

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Coalesce

from ...kernel import clock
from ...platform import shop
from ..domain.landed import Arrived, Weight, moving_average, per_unit
from ..domain.order import OWED
from ..models import LandedCost, PurchaseOrder, PurchaseOrderLine, StockMovement
from . import rates

Borne = dict[str, Fraction]


def average_costs(variant_ids: Collection[str]) -> dict[str, tuple[int, str]]:
    """The moving average cost of a unit with its landed costs, in minor units of the currency beside it.

    Over all warehouses, in the currency of the newest receipt; others count at today's rate, without one
    not at all. Variants that never came in at a known cost are left out. A constant number of queries.
    """
    moves = list(_bought(variant_ids))
    landed = landed_per_unit({move.receipt.order_id for move in moves})
    today = rates.on(clock.day_of(clock.now(), shop().time_zone()))
    newest = {move.variant_id: move.currency for move in moves if move.unit_cost is not None}
    arrived: dict[str, list[Arrived]] = defaultdict(list)
    for move in moves:
        if into := newest.get(move.variant_id):
            arrived[move.variant_id].append(_arrived(move, landed, today, into))
    averages = {variant: moving_average(rows) for variant, rows in arrived.items()}
    return {
        variant: (round(average), newest[variant])
        for variant, average in averages.items()
        if average is not None
    }


def booked_under(order: PurchaseOrder, reference: str) -> LandedCost | None:
    """The order's cost under that reference, if it was booked already."""
    return LandedCost.objects.filter(order=order, reference=reference).first()


def booked(order: PurchaseOrder) -> list[LandedCost]:
    """The order's costs, oldest first."""
    return list(LandedCost.objects.filter(order=order).select_related("order").order_by("id"))


def booked_on(order: PurchaseOrder) -> int:
    """All costs of the order, in minor units of its currency."""
    return LandedCost.objects.filter(order=order).aggregate(total=Sum("converted"))["total"] or 0


def landed_per_unit(order_ids: Collection[UUID]) -> Borne:
    """What a unit of each line bears of its order's landed costs, in minor units of the order's currency.

    By line. Shared over what came and what is still owed, so that a part that came first does not bear
    all; when the rest is given up, what came does. Three queries.
    """
    costs: dict[UUID, list[tuple[str, int]]] = defaultdict(list)
    totals = LandedCost.objects.filter(order_id__in=order_ids).values("order_id", "by")
    for row in totals.annotate(total=Sum("converted")).order_by("order_id", "by"):
        costs[row["order_id"]].append((row["by"], row["total"]))
    found: Borne = {}
    for order_id, weights in line_weights(costs.keys()).items():
        found.update(per_unit(costs[order_id], weights))
    return found


def line_weights(order_ids: Iterable[UUID]) -> dict[UUID, dict[str, Weight]]:
    """Units and value of the lines of each order: as they came, and what is owed at its price."""
    ids = list(order_ids)
    booked = _booked(ids)
    found: dict[UUID, dict[str, Weight]] = {key: {} for key in ids}
    lines = PurchaseOrderLine.objects.filter(order_id__in=ids).select_related("order").order_by("id")
    for line in lines:
        units, value = booked.get(line.pk, (0, 0))
        if line.open and line.order.state in OWED:
            owed = max(line.ordered - line.received, 0)
            units, value = units + owed, value + owed * line.price
        found[line.order_id][str(line.pk)] = Weight(units, value)
    return found


def _booked(order_ids: Collection[UUID]) -> dict[UUID, tuple[int, int]]:
    """Units that came for each line and what they cost, surplus that was kept among them."""
    rows = _of_lines(StockMovement.objects.filter(receipt__order_id__in=order_ids))
    sums = rows.values("bought_as").annotate(units=Sum("quantity"), value=Sum(F("quantity") * F("unit_cost")))
    return {row["bought_as"]: (row["units"], row["value"] or 0) for row in sums.order_by()}


def _of_lines(rows: QuerySet[StockMovement]) -> QuerySet[StockMovement]:
    return rows.annotate(bought_as=Coalesce("line_id", "discrepancy__line_id")).exclude(bought_as=None)


def _bought(variant_ids: Collection[str]) -> QuerySet[StockMovement]:
    rows = StockMovement.objects.filter(variant_id__in=variant_ids, receipt__isnull=False)
    named = rows.annotate(bought_as=Coalesce("line_id", "discrepancy__line_id"))
    return named.select_related("receipt").order_by("at", "id")


def _arrived(move: StockMovement, landed: Borne, today: rates.Rates, into: str) -> Arrived:
    after = move.on_hand_after if move.total_after is None else move.total_after
    before = after - move.quantity
    if move.unit_cost is None:
        return Arrived(move.quantity, before, None)
    cost = move.unit_cost + landed.get(str(move.bought_as), Fraction(0))
    return Arrived(move.quantity, before, _converted(cost, move.currency, today, into))


def _converted(cost: Fraction, currency: str, today: rates.Rates, into: str) -> Fraction | None:
    if currency == into:
        return cost
    # A unit may cost less than a minor unit: a million of them are converted.
    many = today.convert(round(cost * 1_000_000), currency, into)
    return None if many is None else Fraction(many, 1_000_000)
