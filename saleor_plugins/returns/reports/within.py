"""The rows that a report looks at."""

from __future__ import annotations

from typing import Any

from django.db import connection

from ..domain.reports.scope import Scope

# Of returns r and their orders o; takes `values(scope)`.
WHERE = """r.created >= %(since)s AND r.created < %(until)s
    AND (%(channel)s = '' OR o.channel = %(channel)s) AND (%(country)s = '' OR o.country = %(country)s)"""


def asked(scope: Scope, rma: str = "") -> dict[str, Any]:
    """Conditions on returns asked for in the scope, seen from where the prefix `rma` leads to them."""
    found: dict[str, Any] = {f"{rma}created__gte": scope.since, f"{rma}created__lt": scope.until}
    return {**found, **placed_where(scope, f"{rma}order__")}


def placed(scope: Scope, order: str) -> dict[str, Any]:
    """Conditions on orders placed in the scope."""
    found: dict[str, Any] = {f"{order}ordered__gte": scope.since, f"{order}ordered__lt": scope.until}
    return {**found, **placed_where(scope, order)}


def placed_where(scope: Scope, order: str) -> dict[str, Any]:
    """Conditions on orders of the scope's channel and country, whenever they were placed."""
    found = {f"{order}channel": scope.channel, f"{order}country": scope.country}
    return {name: value for name, value in found.items() if value}


def rows(sql: str, scope: Scope, **more: Any) -> list[tuple[Any, ...]]:
    """What a query answers that takes the scope's values by name."""
    with connection.cursor() as cursor:
        cursor.execute(sql, {**vars(scope), **more})
        return list(cursor.fetchall())
