"""Versions of the merchant's rules."""

from __future__ import annotations

from uuid import UUID

from saleor_plugins.kernel.errors import NotFound

from ..models import Rulebook


def active() -> Rulebook | None:
    """The version in use; None when only the plugin's settings count."""
    return Rulebook.objects.filter(active=True).first()


def find(rulebook_id: UUID, *, field: str = "id") -> Rulebook:
    """A version. Raises NotFound (`field`)."""
    found = Rulebook.objects.filter(pk=rulebook_id).first()
    if found is None:
        raise NotFound("No such version of the rules.", field=field)
    return found
