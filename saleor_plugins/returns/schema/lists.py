"""Which returns a list shows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import graphene
from django.db.models import Exists

from ...http.api import require
from ...kernel import clock
from ...kernel.errors import Invalid
from .. import access, store
from ..store.listed import open_flags
from . import types

STAFF_ONLY = f"Requires the permission {access.PERMISSION}."
FILTERS = {
    "order_id": graphene.ID(),
    "number": graphene.String(description="The return's number, exactly."),
    "state": graphene.List(graphene.NonNull(types.ReturnState), description="Any of these."),
    "created_from": graphene.DateTime(),
    "created_to": graphene.DateTime(description="Not included."),
    "destination_id": graphene.ID(description="The warehouse that the goods are to be sent to."),
    "flagged": graphene.Boolean(
        description=f"Those with, or without, a flag that nobody has dismissed. {STAFF_ONLY}"
    ),
    "attention": graphene.Argument(types.ReturnAttention, description="What they wait for."),
}


def visible(info: Any, rows: Any, where: dict[str, Any]) -> Any:
    """The rows that the asker may see and asked for. Raises PermissionDenied, NotFound and Invalid."""
    asker = info.context.asker
    if where.get("order_id"):
        rows = rows.filter(order=access.order_for(asker, where["order_id"]))
    elif not access.is_staff(asker):
        if asker.id is None:
            require(info, access.PERMISSION)
        rows = rows.filter(user_id=asker.id)
    if where.get("state"):
        rows = rows.filter(state__in=where["state"])
    if where.get("number"):
        rows = rows.filter(number=where["number"])
    if where.get("destination_id"):
        rows = rows.filter(destination_id=where["destination_id"])
    if where.get("flagged") is not None:
        require(info, access.PERMISSION)
        rows = rows.filter(Exists(open_flags()) if where["flagged"] else ~Exists(open_flags()))
    if where.get("attention"):
        rows = rows.filter(store.waiting_for(where["attention"], clock.now()))
    return _created(rows, where)


def _created(rows: Any, where: dict[str, Any]) -> Any:
    for name, lookup in (("created_from", "created__gte"), ("created_to", "created__lt")):
        at: datetime | None = where.get(name)
        if at is None:
            continue
        if at.tzinfo is None:
            raise Invalid("Must name its time zone.", field="createdFrom" if "from" in name else "createdTo")
        rows = rows.filter(**{lookup: at})
    return rows
