"""Queries that Django compiles once.

Building and compiling a query takes Django longer than Postgres takes to answer it. What every order is
routed with is compiled once in a process and run with other parameters from then on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError


@dataclass(frozen=True)
class Slot:
    """A parameter that each run fills in: the place of its value."""

    place: int


@dataclass(frozen=True)
class _Compiled:
    sql: str
    params: tuple[Any, ...]
    names: tuple[str, ...]
    converters: Mapping[int, tuple[Sequence[Callable[..., Any]], Any]]
    locks: bool


class Prepared:
    """A query of columns by name. `build` answers it with `Slot`s where the values of `rows` belong."""

    def __init__(self, build: Callable[[], QuerySet[Any]]):
        self._build = build
        self._compiled: _Compiled | None = None

    def rows(self, *values: Any) -> list[dict[str, Any]]:
        """The rows, converted as Django does. Raises TransactionManagementError for locks outside of one."""
        query = self._compiled or self._compile()
        if query.locks and not connection.in_atomic_block:
            raise TransactionManagementError("Rows are locked until the end of a transaction: there is none.")
        params = [values[param.place] if isinstance(param, Slot) else param for param in query.params]
        with connection.cursor() as cursor:
            cursor.execute(query.sql, params)
            found = cursor.fetchall()
        rows = [dict(zip(query.names, row, strict=True)) for row in found]
        for place, (convert, expression) in query.converters.items():
            name = query.names[place]
            for row in rows:
                for step in convert:
                    row[name] = step(row[name], expression, connection)
        return rows

    def _compile(self) -> _Compiled:
        query = self._build().query
        compiler = query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        # As Django's own ValuesIterable names its columns, before and since 5.2.
        selected = getattr(query, "selected", None)
        names = selected or (*query.extra_select, *query.values_select, *query.annotation_select)
        columns = [column for column, *_ in compiler.select]
        converters = compiler.get_converters(columns)
        self._compiled = _Compiled(sql, tuple(params), tuple(names), converters, query.select_for_update)
        return self._compiled


def among(rows: QuerySet[Any], column: str, place: int = 0) -> QuerySet[Any]:
    """`rows` whose own `column` is one of a list that fills the slot at `place`."""
    model = rows.model
    field = model._meta.get_field(column) if column != "pk" else model._meta.pk
    where = f'"{model._meta.db_table}"."{field.column}" = ANY(%s)'
    return rows.extra(where=[where], params=[Slot(place)])  # noqa: S610 - names of Saleor's models only
