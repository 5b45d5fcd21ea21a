"""The few kinds of column the room has."""

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


def units(default: int = 0) -> Any:
    """A number of units, never below zero."""
    return models.PositiveIntegerField(default=default)


def minor(**options: Any) -> Any:
    """Minor units of a currency."""
    return models.BigIntegerField(**options)


def currency_code(**options: Any) -> Any:
    """An ISO 4217 code."""
    return models.CharField(max_length=3, **options)


def of(model: Any, related_name: str, **options: Any) -> Any:
    """A row of ours that this one belongs to, and that stays as long."""
    return models.ForeignKey(model, on_delete=models.PROTECT, related_name=related_name, **options)


def rule(name: str, check: Q) -> models.CheckConstraint:
    """A CHECK of this app."""
    return models.CheckConstraint(check=check, name=f"ops_restock_{name}")


def once(name: str, *fields: str, when: Q | None = None) -> models.UniqueConstraint:
    """A UNIQUE of this app."""
    return models.UniqueConstraint(fields=list(fields), condition=when, name=f"ops_restock_{name}")
