"""All database access of the router."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from ..kernel import clock
from ..kernel.errors import Conflict, NotFound
from .domain.decision import Decision
from .domain.facts import Profile
from .domain.rates import Rate as RateRow
from .domain.rates import RateTable
from .domain.record import explanation_json, plan_json
from .domain.shipment import SHIPMENT
from .models import Rate, RateCard, RoutedOrder, RoutingDecision, Shipment, ShipmentEvent, WarehouseProfile


def active_rates() -> RateTable | None:
    """The active rate card, None when the merchant has none."""
    card = RateCard.objects.filter(is_active=True).prefetch_related("rates").first()
    if card is None:
        return None
    rates = tuple(
        RateRow(row.base, row.per_kg, row.per_unit, row.warehouse_id, row.origin, row.destination)
        for row in card.rates.all()
    )
    return RateTable(card.name, card.currency, rates)


def profiles() -> dict[str, Profile]:
    """What merchants said about warehouses, by warehouse id."""
    return {
        row.warehouse_id: Profile(
            row.priority, row.ships_orders, row.handling_parcel, row.handling_unit, row.currency
        )
        for row in WarehouseProfile.objects.all()
    }


def current(order_id: str) -> RoutingDecision | None:
    """The decision in force for an order."""
    found = RoutedOrder.objects.select_related("decision").filter(pk=order_id).first()
    return found.decision if found else None


def decisions(order_id: str | None = None) -> QuerySet[RoutingDecision]:
    """The ledger, of one order or of all."""
    rows = RoutingDecision.objects.all()
    return rows if order_id is None else rows.filter(order_id=order_id)


def add_decision(order_id: str, decision: Decision, *, trigger: str, by: str) -> RoutingDecision:
    """Write a decision as the order's next version and make it the one in force.

    The caller holds the order's lock, and the database refuses a version twice.
    """
    last = current(order_id)
    now = clock.now()
    row = RoutingDecision.objects.create(
        order_id=order_id,
        version=last.version + 1 if last else 1,
        outcome=decision.outcome.value,
        trigger=trigger,
        decided_by=by,
        plan=plan_json(decision),
        explanation=explanation_json(decision),
        cost=decision.cost,
        currency=decision.currency,
        optimal=decision.solver.optimal,
        bound=decision.solver.bound,
        nodes=decision.solver.nodes,
        created=now,
    )
    RoutedOrder.objects.update_or_create(pk=order_id, defaults={"decision": row, "checked_at": now})
    return row


def touch(order_id: str) -> None:
    """Note that the order was looked at and its decision kept."""
    RoutedOrder.objects.filter(pk=order_id).update(checked_at=clock.now())


def settled(order_ids: Collection[str], outcomes: Collection[str], since: datetime) -> set[str]:
    """Those of the orders that need no look: decided with one of `outcomes`, or looked at after `since`."""
    rows = RoutedOrder.objects.filter(pk__in=order_ids).values_list("pk", "decision__outcome", "checked_at")
    return {pk for pk, outcome, checked in rows if outcome in outcomes or checked > since}


def shipments(order_id: str) -> list[Shipment]:
    """The order's shipments, oldest first."""
    return list(Shipment.objects.filter(order_id=order_id).order_by("pk"))


def shipment(key: UUID, *, lock: bool = False) -> Shipment:
    """The shipment. Raises NotFound (field ``id``)."""
    rows = Shipment.objects.select_for_update() if lock else Shipment.objects.all()
    found = rows.filter(pk=key).first()
    if found is None:
        raise NotFound("No such shipment.", field="id")
    return found


def add_shipment(row: Shipment, *, by: str) -> Shipment:
    """Store a new shipment with the first line of its ledger."""
    row.created = clock.now()
    row.save(force_insert=True)
    _log(row, "create", by)
    return row


def advance(row: Shipment, verb: str, *, by: str, tracking_number: str | None = None) -> None:
    """Take the shipment through `verb`. Raises Conflict (field ``state``) when it is not allowed or lost."""
    seen, row.state = row.state, SHIPMENT.target(row.state, verb)
    if tracking_number is not None:
        row.tracking_number = tracking_number
    changed = Shipment.objects.filter(pk=row.pk, state=seen).update(
        state=row.state, tracking_number=row.tracking_number
    )
    if changed != 1:
        raise Conflict("The shipment changed meanwhile.", field="state")
    _log(row, verb, by)


def _log(row: Shipment, verb: str, by: str) -> None:
    ShipmentEvent.objects.create(
        shipment=row,
        verb=verb,
        state=row.state,
        tracking_number=row.tracking_number,
        done_by=by,
        at=clock.now(),
    )


def save_profile(warehouse_id: str, **values: Any) -> WarehouseProfile:
    """Create or change a warehouse's profile."""
    row, _ = WarehouseProfile.objects.update_or_create(pk=warehouse_id, defaults=values)
    return row


def all_profiles() -> list[WarehouseProfile]:
    """Every stored profile, by warehouse id."""
    return list(WarehouseProfile.objects.order_by("pk"))


def card(name: str, *, lock: bool = False) -> RateCard | None:
    """The rate card called `name`."""
    rows = RateCard.objects.select_for_update() if lock else RateCard.objects.all()
    return rows.filter(name=name).first()


def add_card(name: str, currency: str) -> RateCard:
    """A new, inactive rate card."""
    return RateCard.objects.create(name=name, currency=currency)


def has_active_card() -> bool:
    """Whether decisions use a card of the merchant's."""
    return RateCard.objects.filter(is_active=True).exists()


def cards() -> list[RateCard]:
    """Every rate card, by name, with its rates."""
    return list(RateCard.objects.order_by("name").prefetch_related("rates"))


def activate(row: RateCard) -> None:
    """Make `row` the card that decisions use."""
    RateCard.objects.exclude(pk=row.pk).filter(is_active=True).update(is_active=False)
    RateCard.objects.filter(pk=row.pk).update(is_active=True)


def save_rate(row: RateCard, rate: RateRow) -> Rate:
    """Create or change the rate of `row` for the same places."""
    where = {"warehouse_id": rate.warehouse_id, "origin": rate.origin, "destination": rate.destination}
    amounts = {"base": rate.base, "per_kg": rate.per_kg, "per_unit": rate.per_unit}
    stored, _ = Rate.objects.update_or_create(card=row, **where, defaults=amounts)
    return stored


def replace_rates(row: RateCard, rates: Iterable[RateRow]) -> None:
    """Make the card's rates exactly `rates`."""
    Rate.objects.filter(card=row).delete()
    Rate.objects.bulk_create(
        Rate(
            card=row,
            warehouse_id=rate.warehouse_id,
            origin=rate.origin,
            destination=rate.destination,
            base=rate.base,
            per_kg=rate.per_kg,
            per_unit=rate.per_unit,
        )
        for rate in rates
    )


def rate(key: UUID) -> Rate | None:
    """The rate with its card."""
    return Rate.objects.select_related("card").filter(pk=key).first()


def delete_rate(key: UUID) -> None:
    """Delete a rate. Raises NotFound (field ``id``)."""
    if not Rate.objects.filter(pk=key).delete()[0]:
        raise NotFound("No such rate.", field="id")
