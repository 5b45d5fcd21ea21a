"""Pictures of items: a shopper adds them to a request before it is sent, or to a return that is open."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import BinaryIO
from uuid import UUID

from django.db import transaction

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict, Invalid, NotFound
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import Asker

from .. import access
from ..domain.machines import OPEN
from ..domain.photos import MAX_PER_LINE, read_picture
from ..models import Draft, Photo, Return, ReturnLine
from ..store import Desk
from ..store.photos import (
    Owner,
    count_photos,
    find_photo,
    give_photos,
    lock_owner,
    no_such_photo,
    photos_of,
)

__all__ = ["add_photo", "attach_photos", "count_photos", "discard_photo", "photo_for", "remove_photo"]

KEPT = timedelta(days=365)


def add_photo(owner: Owner, order_line_id: str, upload: BinaryIO) -> Photo:
    """Store a picture of an item of a draft, or of a return's line; the same picture again is answered again.

    The caller has checked whose draft or return it is. Raises Required and Invalid (``photo``, see
    domain/photos.py; TOO_MANY beyond five of an item), NotFound (``orderLineId``), Conflict (``draftId``)
    once the request was sent, (``state``) once the return is finished.
    """
    _check_line(owner, order_line_id)
    picture = read_picture(upload)
    with transaction.atomic():
        expires = _open_until(lock_owner(owner))
        known = photos_of(owner, order_line_id)
        same = known.filter(digest=picture.digest).first()
        if same:
            return same
        if known.count() >= MAX_PER_LINE:
            raise Invalid(f"At most {MAX_PER_LINE} photos of an item.", field="photo", code="TOO_MANY")
        return Photo.objects.create(
            draft=owner if isinstance(owner, Draft) else None,
            return_line=owner if isinstance(owner, ReturnLine) else None,
            order_line_id=order_line_id,
            created=clock.now(),
            expires=expires,
            **vars(picture),
        )


def remove_photo(draft: Draft, photo_id: UUID) -> bool:
    """Delete a picture that was not sent yet; False when the draft has no such picture (any more)."""
    with transaction.atomic():
        lock_owner(draft)
        return bool(Photo.objects.filter(pk=photo_id, draft=draft).delete()[0])


def discard_photo(asker: Asker, photo_id: UUID) -> None:
    """`remove_photo` for an asker whose request it is of. Raises NotFound (``id``), also once it was sent."""
    photo = photo_for(asker, photo_id)
    if photo.draft is None or not remove_photo(photo.draft, photo.pk):
        raise no_such_photo()


def photo_for(asker: Asker, photo_id: UUID, *, bytes_too: bool = False) -> Photo:
    """The picture, when the asker may see its order's returns. Raises NotFound (``id``)."""
    photo = find_photo(photo_id, bytes_too=bytes_too)
    order_id = photo.draft.order_id if photo.draft else photo.return_line.rma.order_id
    if not (access.is_staff(asker) or access.owns(asker, order_id)):
        raise no_such_photo()
    return photo


def attach_photos(draft_id: UUID, desk: Desk) -> None:
    """Give a draft's pictures to the return that it became, inside the caller's transaction.

    Those of items that are not asked for are deleted.
    """
    for line in desk.request_lines:
        give_photos(draft_id, line, clock.now() + KEPT)
    Photo.objects.filter(draft=draft_id).delete()


def _check_line(owner: Owner, order_line_id: str) -> None:
    if isinstance(owner, ReturnLine):
        mine = owner.line_id == order_line_id
    else:
        mine = shop().order(owner.order_id).line(order_line_id) is not None
    if not mine:
        raise NotFound("No such order line.", field="orderLineId")


def _open_until(owner: Draft | Return) -> datetime:
    """Until when a picture is kept. Raises Conflict when no more may be added."""
    if isinstance(owner, Return):
        if owner.state not in OPEN:
            raise Conflict(f"The return is {owner.state}.", field="state")
        return clock.now() + KEPT
    if owner.rma_id is not None:
        raise Conflict("The request was sent already.", field="draftId")
    return owner.expires
