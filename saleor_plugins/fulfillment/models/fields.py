"""Columns that every table of the router spells alike."""

from __future__ import annotations

from typing import Any

from django.db import models

from ...kernel.ids import new_id


def uuid_key() -> models.UUIDField:
    """A time-ordered primary key."""
    return models.UUIDField(primary_key=True, default=new_id, editable=False)


def saleor_id(**options: Any) -> models.CharField:
    """One of Saleor's global ids."""
    return models.CharField(max_length=100, **options)


def any_text(size: int) -> models.CharField:
    """Text where "" means any, or nothing."""
    return models.CharField(max_length=size, blank=True, default="")
