"""How long returns take, stage by stage."""

from __future__ import annotations

from ..domain.reports.found import Stage
from ..domain.reports.scope import Scope
from .within import WHERE, rows

STAGES = (
    ("APPROVAL", "Requested to approved"),
    ("TRANSPORT", "Approved to received"),
    ("INSPECTION", "Received to inspected"),
    ("DECISION", "Inspected to refund decided"),
    ("PAYMENT", "Refund decided to paid"),
    ("ALL", "Requested to paid"),
)
WORDS = dict(STAGES)

# Parcels and judgements count with the first of them, payment with the last.
# A stage that ended before it began was skipped: money in advance is decided before an inspection.
_SQL = f"""
WITH mine AS (
    SELECT r.id, r.created, r.approved FROM ops_returns_return r
    JOIN ops_returns_orderledger o ON o.order_id = r.order_id WHERE {WHERE}
), received AS (
    SELECT rma_id, min(at) AS at FROM ops_returns_receipt
    WHERE rma_id IN (SELECT id FROM mine) GROUP BY rma_id
), inspected AS (
    SELECT p.rma_id, min(i.at) AS at FROM ops_returns_inspection i
    JOIN ops_returns_receiptline l ON l.id = i.receipt_line_id
    JOIN ops_returns_receipt p ON p.id = l.receipt_id
    WHERE p.rma_id IN (SELECT id FROM mine) GROUP BY p.rma_id
), refunded AS (
    SELECT rma_id, min(created) AS at, CASE WHEN bool_and(settled IS NOT NULL) THEN max(settled) END AS paid
    FROM ops_returns_refund WHERE rma_id IN (SELECT id FROM mine) GROUP BY rma_id
), stages AS (
    SELECT stage.place, extract(epoch FROM stage.ended - stage.began) AS seconds
    FROM mine
    LEFT JOIN received ON received.rma_id = mine.id
    LEFT JOIN inspected ON inspected.rma_id = mine.id
    LEFT JOIN refunded ON refunded.rma_id = mine.id
    CROSS JOIN LATERAL (VALUES
        (0, mine.created, mine.approved), (1, mine.approved, received.at), (2, received.at, inspected.at),
        (3, inspected.at, refunded.at), (4, refunded.at, refunded.paid), (5, mine.created, refunded.paid)
    ) AS stage (place, began, ended)
    WHERE stage.ended >= stage.began
)
SELECT place, count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds),
    percentile_cont(0.9) WITHIN GROUP (ORDER BY seconds)
FROM stages GROUP BY place ORDER BY place
"""  # noqa: S608  # only our own text


def times(scope: Scope) -> list[Stage]:
    """Every stage that any return asked for in the scope went through; linear percentiles."""
    found = rows(_SQL, scope)
    return [Stage(STAGES[place][0], count, float(p50), float(p90)) for place, count, p50, p90 in found]
