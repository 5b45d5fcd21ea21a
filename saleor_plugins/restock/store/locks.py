"""Locks that make twins wait for each other."""

from __future__ import annotations

from django.db import connection


def take(name: str) -> None:
    """Hold the lock `name` until the transaction ends; waits for whoever holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"ops_restock.{name}"])
