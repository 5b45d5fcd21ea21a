"""Hold what suppliers brought against what they owed."""

from __future__ import annotations

from datetime import timedelta

from ...platform import shop
from ..domain.reports.scope import Scope
from ..domain.reports.supply import Record
from ..store.supplier_report import records
from .open_run import open_run


def supplier_report(scope: Scope) -> list[Record]:
    """Every supplier of whom something was due in the scope's days. Raises NotFound (``warehouseId``)."""
    run = open_run(scope.warehouse_id or None)
    since = run.today - timedelta(days=scope.days)
    zone, lead = shop().time_zone(), run.policy.default_lead_days
    return records(since, run.today, zone, lead, scope.warehouse_id)
