"""Somebody has looked at a flag."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from saleor_plugins.http.texts import required
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict, NotFound
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import Asker

from .. import store
from ..models import Flag


def dismiss_flag(asker: Asker, flag_id: UUID, note: str) -> Flag:
    """Dismiss the flag, with a note on why; it is not raised again.

    Raises NotFound (``id``), Required and Invalid (``note``), Conflict (``id``, DISMISSED) the second time.
    """
    words = required(note, field="note", most=500)
    flag = Flag.objects.select_related("rma").filter(pk=flag_id).first()
    if flag is None:
        raise NotFound("No such flag.", field="id")
    with transaction.atomic():
        values = {"dismissed": clock.now(), "dismissed_by": asker.id or "", "note": words}
        if not Flag.objects.filter(pk=flag_id, dismissed=None).update(**values):
            raise Conflict("Somebody has dismissed it.", field="id", code="DISMISSED")
        store.log(flag.rma, "dismiss_flag", asker, {"flagId": to_global("ReturnFlag", flag_id)})
    flag.refresh_from_db()
    return flag
