"""Let a version of the merchant's rules count from now on."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from saleor_plugins.delivery import emit
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import Asker

from ..domain.rules.book import Book
from ..models import Rulebook
from ..store import rulebooks

ACTIVATED = "return.rules_activated"


def activate_rulebook(asker: Asker, rulebook_id: UUID | None) -> Rulebook | None:
    """Judge requests by this version instead of the one before; by the plugin's settings alone without one.

    Returns that were asked for keep the terms of their day. Once more changes nothing. Raises NotFound
    (``id``), Invalids when the version names what rules no longer know.
    """
    with transaction.atomic():
        rulebooks.lock()
        before = rulebooks.active()
        wanted = rulebooks.find(rulebook_id) if rulebook_id else None
        if before == wanted:
            return wanted
        if before:
            Rulebook.objects.filter(pk=before.pk).update(active=False)
        if wanted:
            Book.read(wanted.document)
            wanted.active, wanted.activated = True, clock.now()
            wanted.save(update_fields=["active", "activated"])
        emit(ACTIVATED, _told(asker, wanted, before))
    return wanted


def _told(asker: Asker, wanted: Rulebook | None, before: Rulebook | None) -> dict[str, object]:
    return {
        "rulebookId": to_global("Rulebook", wanted.pk) if wanted else None,
        "version": wanted.version if wanted else None,
        "versionBefore": before.version if before else None,
        "activatedByKind": asker.kind.value,
        "activatedById": asker.id,
    }
