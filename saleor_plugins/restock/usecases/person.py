"""What the room holds about a person: told and erased (GDPR, Articles 15, 17 and 20)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q

from ...delivery import forget
from ...kernel import clock
from ...kernel.errors import PermissionDenied, Required
from ...platform.port import Asker
from ..models import SentMail, Supplier
from ..store import alerts as store
from ..views.alert_links import digest_of

PRIVACY = "MANAGE_USERS"
TOPICS = ("restock.alert_",)
_TOLD = (
    "id",
    "variant_id",
    "channel",
    "country",
    "email",
    "language",
    "state",
    "created",
    "confirmed",
    "ended",
)


def export_person(asker: Asker, email: str = "", user_id: str = "") -> dict[str, Any]:
    """Subscriptions with their mails, and suppliers with that address.

    Raises PermissionDenied, Required (``email``).
    """
    rows = list(_mine(asker, email, user_id))
    mails = _mails([row.pk for row in rows]).order_by("pk")
    suppliers = (
        Supplier.objects.filter(email__iexact=email.strip()) if email.strip() else Supplier.objects.none()
    )
    return {
        "alerts": [{name: getattr(row, name) for name in _TOLD} for row in rows],
        "mails": list(mails.values("kind", "language", "created", "sent")),
        "suppliers": list(suppliers.order_by("pk").values("id", "name", "email")),
    }


def erase_person(asker: Asker, email: str = "", user_id: str = "", *, dry_run: bool = True) -> dict[str, int]:
    """End and empty the person's subscriptions; how much that is, or by a dry run would be. Twice is once.

    A supplier's address is the merchant's to change, and stays. Raises as `export_person`.
    """
    with transaction.atomic():
        rows = _mine(asker, email, user_id).select_for_update()
        keys = [row.pk for row in rows]
        told = _mails(keys).exclude(digest="")
        counts = {"alerts": len(keys), "mails": told.count()}
        if not dry_run:
            store.erase(keys, clock.now())
            told.update(digest="")
            counts["events"] = forget(TOPICS, "alertId", [str(key) for key in keys])
    return counts


def _mine(asker: Asker, email: str, user_id: str) -> Any:
    if not asker.may(PRIVACY):
        raise PermissionDenied(f"You need the permission {PRIVACY}.")
    if not (email.strip() or user_id):
        raise Required("Name an e-mail address or an account.", field="email")
    return store.of_person(digest_of(email) if email.strip() else "", user_id)


def _mails(keys: list[Any]) -> Any:
    """Mails of these subscriptions: their causes begin with its key."""
    mine = Q(pk=None)
    for key in keys:
        mine |= Q(cause__startswith=str(key))
    return SentMail.objects.filter(mine)
