"""Write to the other side about a return, or a note among staff."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from saleor_plugins.delivery import emit
from saleor_plugins.http.texts import required
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict, PermissionDenied
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import Asker

from .. import access, payloads, store
from ..models import Return, ReturnMessage

MAX_BODY = 2000
MAX_MESSAGES = 500


def message_return(asker: Asker, return_id: UUID, body: str, *, internal: bool = False) -> ReturnMessage:
    """Store the message and announce that there is one; what it says stays here.

    Raises NotFound (``id``), Required and Invalid (``body``), PermissionDenied for an internal one by a
    shopper, Conflict: DUPLICATE when these were the asker's last words already, TOO_MANY.
    """
    words = required(body, field="body", most=MAX_BODY)
    access.return_for(asker, return_id)
    if internal and not access.is_staff(asker):
        raise PermissionDenied(f"You need the permission {access.PERMISSION}.", field="internal")
    with transaction.atomic():
        rma = store.lock_return(return_id)
        _refuse_repeats(rma, asker, words, internal)
        message = ReturnMessage.objects.create(
            rma=rma,
            author_kind=asker.kind.value,
            author_id=asker.id or "",
            body=words,
            internal=internal,
            at=clock.now(),
        )
        emit("return.message", {**payloads.of_request(rma), **_who(message)})
    return message


def _refuse_repeats(rma: Return, asker: Asker, words: str, internal: bool) -> None:
    written = ReturnMessage.objects.filter(rma=rma)
    last = written.order_by("-pk").first()
    mine = (asker.kind.value, asker.id or "", words, internal)
    if last and (last.author_kind, last.author_id, last.body, last.internal) == mine:
        raise Conflict("You have just written this.", field="body", code="DUPLICATE")
    if written.count() >= MAX_MESSAGES:
        raise Conflict(f"At most {MAX_MESSAGES} messages.", field="id", code="TOO_MANY")


def _who(message: ReturnMessage) -> dict[str, object]:
    return {
        "messageId": to_global("ReturnMessage", message.pk),
        "authorKind": message.author_kind,
        "authorId": message.author_id or None,
        "internal": message.internal,
        "at": payloads.instant(message.at),
    }
