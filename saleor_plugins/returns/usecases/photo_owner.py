"""Where a storefront's photo belongs: an order whose request is not sent yet, or a return's line."""

from __future__ import annotations

from datetime import timedelta

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict, NotFound, Required
from saleor_plugins.kernel.ids import own_key
from saleor_plugins.platform.port import Asker

from .. import access
from ..models import Draft, ReturnLine
from ..store.photos import Owner

MAX_DRAFTS = 20
KEPT = timedelta(days=1)


def photo_owner(asker: Asker, *, order_id: str = "", draft_id: str = "", return_line_id: str = "") -> Owner:
    """The draft or the line, by the first of the ids that is given; for an order, a new draft.

    Raises NotFound and Invalid naming the id, Required (``orderId``) without any, Conflict (``orderId``,
    TOO_MANY) when many of the order's requests were begun and not sent.
    """
    if order_id:
        return _new_draft(access.order_for(asker, order_id))
    if draft_id:
        return _draft(asker, draft_id)
    if return_line_id:
        return _line(asker, return_line_id)
    raise Required("Name an order, a draft or a return's line.", field="orderId")


def _new_draft(order_id: str) -> Draft:
    now = clock.now()
    if Draft.objects.filter(order_id=order_id, rma=None, expires__gt=now).count() >= MAX_DRAFTS:
        raise Conflict("Many requests were begun: send one, or wait.", field="orderId", code="TOO_MANY")
    return Draft.objects.create(order_id=order_id, created=now, expires=now + KEPT)


def _draft(asker: Asker, draft_id: str) -> Draft:
    key = own_key(draft_id, "ReturnDraft", field="draftId")
    draft = Draft.objects.filter(pk=key, expires__gt=clock.now()).first()
    if draft is None or not (access.is_staff(asker) or access.owns(asker, draft.order_id)):
        raise NotFound("No such draft.", field="draftId")
    return draft


def _line(asker: Asker, return_line_id: str) -> ReturnLine:
    key = own_key(return_line_id, "ReturnLine", field="returnLineId")
    line = ReturnLine.objects.select_related("rma").filter(pk=key).first()
    if line is None or not (access.is_staff(asker) or access.owns(asker, line.rma.order_id)):
        raise NotFound("No such return line.", field="returnLineId")
    return line
