"""Decisions: the ledger, what is in force, and the parcels that it plans."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import JSONField, Model, QuerySet

from ...kernel import clock
from ...kernel.ids import new_id
from ..domain.sourcing.decision import Decision
from ..domain.sourcing.record import explanation_json, plan_json
from ..models import Hold, PlannedParcel, RoutedOrder, RoutingDecision, WarehouseProfile

# One statement, because each is a round trip: the ledger, what is planned, where the order stands.
# Foreign keys are checked at the commit, so that the order of its parts does not matter.
_COMMIT = """
    WITH decision AS (
        INSERT INTO ops_fulfillment_routingdecision (
            id, order_id, version, outcome, trigger, why, decided_by, moved, wave_id, plan, explanation, cost,
            penalty, currency, optimal, bound, nodes, arrives_on, created
        ) VALUES (
            %(id)s, %(order)s, %(version)s, %(outcome)s, %(trigger)s, %(why)s, %(by)s, %(moved)s,
            %(wave)s::uuid, %(plan)s::jsonb, %(explanation)s::jsonb, %(cost)s, %(penalty)s, %(currency)s,
            %(optimal)s, %(bound)s, %(nodes)s, %(arrives)s::date, %(now)s
        )
    ), gone AS (
        DELETE FROM ops_fulfillment_plannedparcel
        WHERE order_id = %(order)s AND NOT warehouse_id = ANY (%(warehouses)s::varchar[])
    ), planned AS (
        INSERT INTO ops_fulfillment_plannedparcel (id, order_id, warehouse_id, decision_id, ship_on)
        SELECT parcel.id, %(order)s, parcel.warehouse, %(id)s, parcel.day
        FROM unnest(%(parcels)s::uuid[], %(warehouses)s::varchar[], %(days)s::date[])
            AS parcel (id, warehouse, day)
        ON CONFLICT (order_id, warehouse_id)
            DO UPDATE SET decision_id = EXCLUDED.decision_id, ship_on = EXCLUDED.ship_on
    )
    INSERT INTO ops_fulfillment_routedorder (id, order_id, decision_id, state, facts, checked_at)
    VALUES (%(row)s, %(order)s, %(id)s, %(outcome)s, %(facts)s, %(now)s)
    ON CONFLICT (order_id) DO UPDATE
        SET decision_id = EXCLUDED.decision_id, state = EXCLUDED.state, hold_id = NULL,
            facts = EXCLUDED.facts, checked_at = EXCLUDED.checked_at
"""

_KEPT = """
    WITH gone AS (
        DELETE FROM ops_fulfillment_plannedparcel
        WHERE order_id = %(order)s AND NOT warehouse_id = ANY (%(warehouses)s::varchar[])
    ), planned AS (
        INSERT INTO ops_fulfillment_plannedparcel (id, order_id, warehouse_id, decision_id, ship_on)
        SELECT parcel.id, %(order)s, parcel.warehouse, %(id)s, parcel.day
        FROM unnest(%(parcels)s::uuid[], %(warehouses)s::varchar[], %(days)s::date[])
            AS parcel (id, warehouse, day)
        ON CONFLICT (order_id, warehouse_id) DO NOTHING
    )
    UPDATE ops_fulfillment_routedorder
    SET state = %(outcome)s, facts = %(facts)s, checked_at = %(now)s WHERE order_id = %(order)s
"""


@dataclass(frozen=True)
class Making:
    """How a decision came about: see ``models.RoutingDecision``. `facts` are ``models.RoutedOrder``'s."""

    trigger: str
    why: str
    facts: str
    by: str = ""
    moved: int = 0
    wave: UUID | None = None


def routed(order_id: str) -> RoutedOrder | None:
    """Where an order stands, with its decision and its hold; None before it was looked at."""
    with connection.cursor() as cursor:
        cursor.execute(_routed_sql(), [order_id])
        row = cursor.fetchone()
    if row is None:
        return None
    values = iter(row)
    found, decision, hold = (_from_db(model, values) for model in _STANDING)
    assert found is not None, "its key is not null"
    # What the columns of the keys say is what was joined by them.
    found.decision, found.hold = decision, hold
    return found


_STANDING: tuple[type[Model], ...] = (RoutedOrder, RoutingDecision, Hold)


@cache
def _routed_sql() -> str:
    """The query, written once: having Django write it anew takes longer than running it."""
    columns = ", ".join(
        f"{alias}.{field.column}"
        for alias, model in zip("rdh", _STANDING, strict=True)
        for field in model._meta.concrete_fields
    )
    tables = [model._meta.db_table for model in _STANDING]
    return (
        f"SELECT {columns} FROM {tables[0]} r "  # noqa: S608 - names of our own models
        f"LEFT JOIN {tables[1]} d ON d.id = r.decision_id "
        f"LEFT JOIN {tables[2]} h ON h.id = r.hold_id WHERE r.order_id = %s"
    )


def _from_db(model: type[Model], values: Iterator[Any]) -> Any:
    """A row of `model` from its columns, None where the join found none."""
    fields = model._meta.concrete_fields
    row = [next(values) for _ in fields]
    if row[0] is None:
        return None
    read = [
        json.loads(value) if isinstance(field, JSONField) and value is not None else value
        for field, value in zip(fields, row, strict=True)
    ]
    return model.from_db(connection.alias, [field.attname for field in fields], read)


def routed_with_decision(order_ids: Collection[str]) -> Mapping[str, RoutedOrder]:
    """`routed` of several orders, by id."""
    rows = RoutedOrder.objects.select_related("decision", "hold").filter(order_id__in=order_ids)
    return {row.order_id: row for row in rows}


def current(order_id: str) -> RoutingDecision | None:
    """The decision in force for an order."""
    found = routed(order_id)
    return found.decision if found else None


def decisions(order_id: str | None = None) -> QuerySet[RoutingDecision]:
    """The ledger, of one order or of all."""
    rows = RoutingDecision.objects.all()
    return rows if order_id is None else rows.filter(order_id=order_id)


def add_decision(
    order_id: str, decision: Decision, making: Making, last: RoutingDecision | None
) -> RoutingDecision:
    """Write a decision as the version after `last`, make it the one in force and plan its parcels.

    The caller holds the order's lock, and the database refuses a version twice.
    """
    row = RoutingDecision(
        order_id=order_id,
        version=last.version + 1 if last else 1,
        outcome=decision.outcome.value,
        trigger=making.trigger,
        why=making.why,
        decided_by=making.by,
        moved=making.moved,
        wave_id=making.wave,
        plan=plan_json(decision),
        explanation=explanation_json(decision),
        cost=decision.cost,
        penalty=decision.penalty,
        currency=decision.currency,
        optimal=decision.solver.optimal,
        bound=decision.solver.bound,
        nodes=decision.solver.nodes,
        arrives_on=decision.arrives_on,
        created=clock.now(),
    )
    with connection.cursor() as cursor:
        cursor.execute(_COMMIT, _values(row, decision, making.facts))
    return row


def _values(row: RoutingDecision, decision: Decision, facts: str) -> dict[str, Any]:
    return {
        "id": row.pk,
        "order": row.order_id,
        "version": row.version,
        "outcome": row.outcome,
        "trigger": row.trigger,
        "why": row.why,
        "by": row.decided_by,
        "moved": row.moved,
        "wave": row.wave_id,
        "plan": json.dumps(row.plan),
        "explanation": json.dumps(row.explanation),
        "cost": row.cost,
        "penalty": row.penalty,
        "currency": row.currency,
        "optimal": row.optimal,
        "bound": row.bound,
        "nodes": row.nodes,
        "arrives": row.arrives_on,
        "now": row.created,
        "row": new_id(),
        "facts": facts,
        "parcels": [new_id() for _ in decision.parcels],
        "warehouses": [parcel.warehouse_id for parcel in decision.parcels],
        "days": [parcel.ship_on for parcel in decision.parcels],
    }


def keep(order_id: str, row: RoutingDecision, still: Collection[str], facts: str) -> None:
    """Note that the order was looked at and `row` kept: planned are its parcels from `still` warehouses."""
    days = {parcel["warehouse_id"]: parcel["ship_on"] for parcel in row.plan["parcels"]}
    planned = [warehouse_id for warehouse_id in sorted(still) if warehouse_id in days]
    values = {
        "order": order_id,
        "id": row.pk,
        "outcome": row.outcome,
        "facts": facts,
        "now": clock.now(),
        "parcels": [new_id() for _ in planned],
        "warehouses": planned,
        "days": [days[warehouse_id] for warehouse_id in planned],
    }
    with connection.cursor() as cursor:
        cursor.execute(_KEPT, values)


def parcels_left(order_id: str, still: Collection[str]) -> None:
    """Parcels of the order from warehouses that are not in `still` have left: they take no capacity."""
    PlannedParcel.objects.filter(order_id=order_id).exclude(warehouse_id__in=still).delete()


def lock_capacity(warehouse_ids: Collection[str]) -> None:
    """Make sure that nobody else plans parcels there until the transaction ends.

    Comes after the locks of orders and stocks, in id order.
    """
    rows = WarehouseProfile.objects.filter(pk__in=warehouse_ids).order_by("pk")
    list(rows.select_for_update().values_list("pk"))


def automatic_moves(order_id: str, triggers: Sequence[str], since: datetime) -> int:
    """How often the order's units moved by themselves since then, and since a person last released it."""
    released = Hold.objects.filter(order_id=order_id, released__gt=since).order_by("released")
    since = released.values_list("released", flat=True).last() or since
    rows = RoutingDecision.objects.filter(order_id=order_id, trigger__in=triggers, moved__gt=0)
    return rows.filter(created__gt=since).count()


def settled(order_ids: Collection[str]) -> Mapping[str, RoutedOrder]:
    """Where those of the orders stand that were looked at, by id; without decision and hold."""
    rows = RoutedOrder.objects.filter(order_id__in=order_ids)
    return {row.order_id: row for row in rows}
