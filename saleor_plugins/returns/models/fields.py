"""The few kinds of column the desk has."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from saleor_plugins.kernel.ids import new_id


def key() -> Any:
    """Our primary key: sorts by time."""
    return models.UUIDField(primary_key=True, default=new_id, editable=False)


def saleor_id(**options: Any) -> Any:
    """A global id of Saleor: never a foreign key."""
    return models.CharField(max_length=100, **options)


def count(default: int = 0) -> Any:
    """A number of units or rows, never below zero."""
    return models.PositiveIntegerField(default=default)


def minor(**options: Any) -> Any:
    """Minor units."""
    return models.BigIntegerField(**({"default": 0} | options))


def rule(name: str, check: Q) -> models.CheckConstraint:
    """A CHECK of this app."""
    return models.CheckConstraint(check=check, name=f"ops_returns_{name}")
