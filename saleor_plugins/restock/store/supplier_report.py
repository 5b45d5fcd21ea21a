"""What suppliers owed by a day, and what came, by the database."""

from __future__ import annotations

from datetime import date

from django.db import connection
from django.db.models import Model

from ..domain.order import CANCELED, DRAFT
from ..domain.reports.supply import Record
from ..models import (
    Discrepancy,
    PurchaseOrder,
    PurchaseOrderLine,
    Receipt,
    StockMovement,
    Supplier,
    SupplierItem,
)

# A line is due on the day last agreed, else after the lead time that the catalogue states.
_SQL = """
    WITH due AS (
        SELECT l.id, o.id AS order_id, o.supplier_id, l.ordered,
            (greatest(COALESCE(o.sent_at, o.approved_at), l.since) AT TIME ZONE %(zone)s)::date AS asked,
            COALESCE(l.expected_on, o.expected_on,
                (greatest(COALESCE(o.sent_at, o.approved_at), l.since) AT TIME ZONE %(zone)s)::date
                    + COALESCE(i.lead_days, s.lead_days, %(lead)s)::int) AS day
        FROM {lines} l JOIN {orders} o ON o.id = l.order_id JOIN {suppliers} s ON s.id = o.supplier_id
        LEFT JOIN {items} i ON i.supplier_id = o.supplier_id AND i.variant_id = l.variant_id
        WHERE NOT l.draft AND NOT (o.state = ANY(%(void)s))
            AND (%(house)s = '' OR o.warehouse_id = %(house)s)
    ), owed AS (SELECT * FROM due WHERE day >= %(since)s AND day < %(today)s),
    came AS (
        SELECT m.line_id,
            sum(m.quantity) AS units,
            COALESCE(sum(m.quantity) FILTER (WHERE r.arrived_on <= w.day), 0) AS on_time,
            COALESCE(sum(m.quantity * (r.arrived_on - w.day)) FILTER (WHERE r.arrived_on > w.day), 0) AS late,
            COALESCE(sum(m.quantity) FILTER (WHERE r.arrived_on > w.day), 0) AS late_units,
            sum(m.quantity * greatest(r.arrived_on - w.asked, 0)) AS taken
        FROM owed w JOIN {movements} m ON m.line_id = w.id JOIN {receipts} r ON r.id = m.receipt_id
        GROUP BY m.line_id
    ), odd AS (
        SELECT o.supplier_id, COALESCE(sum(d.quantity) FILTER (WHERE d.kind = 'DAMAGED'), 0) AS damaged,
            COALESCE(sum(d.quantity) FILTER (WHERE d.kind = 'WRONG'), 0) AS wrong
        FROM {discrepancies} d JOIN {orders} o ON o.id = d.order_id
        WHERE d.order_id IN (SELECT order_id FROM owed) GROUP BY o.supplier_id
    )
    SELECT s.name, count(DISTINCT w.order_id), count(*), sum(w.ordered)::bigint,
        sum(least(COALESCE(c.on_time, 0), w.ordered))::bigint,
        sum(least(COALESCE(c.units, 0), w.ordered))::bigint,
        (sum(c.late) / NULLIF(sum(c.late_units), 0))::float, (sum(c.taken) / NULLIF(sum(c.units), 0))::float,
        COALESCE(max(odd.damaged), 0)::bigint, COALESCE(max(odd.wrong), 0)::bigint
    FROM owed w JOIN {suppliers} s ON s.id = w.supplier_id
    LEFT JOIN came c ON c.line_id = w.id LEFT JOIN odd ON odd.supplier_id = w.supplier_id
    GROUP BY s.id, s.name ORDER BY sum(w.ordered) DESC, s.name
"""
_TABLES: dict[str, type[Model]] = {
    "lines": PurchaseOrderLine,
    "orders": PurchaseOrder,
    "suppliers": Supplier,
    "items": SupplierItem,
    "movements": StockMovement,
    "receipts": Receipt,
    "discrepancies": Discrepancy,
}


def records(since: date, today: date, zone: str, lead_days: int, warehouse_id: str = "") -> list[Record]:
    """Suppliers by the units that were due from `since` to yesterday, most first. One query.

    Cancelled orders are left out: nobody can tell whose doing that was.
    """
    tables = {name: model._meta.db_table for name, model in _TABLES.items()}
    values = {
        "since": since,
        "today": today,
        "zone": zone,
        "lead": lead_days,
        "house": warehouse_id,
        "void": [DRAFT, CANCELED],
    }
    with connection.cursor() as cursor:
        cursor.execute(_SQL.format(**tables), values)
        return [Record(*row) for row in cursor.fetchall()]
