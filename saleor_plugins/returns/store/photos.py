"""Pictures of items, found without their bytes wherever nobody looks at them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID

from saleor_plugins.kernel.errors import NotFound

from ..models import Draft, Photo, Return, ReturnLine

Owner = Draft | ReturnLine


def lock_owner(owner: Owner) -> Any:
    """The draft, or the return of the line, locked as it is now. Raises NotFound (``draftId``, ``id``)."""
    rows = Return.objects if isinstance(owner, ReturnLine) else Draft.objects
    key = owner.rma_id if isinstance(owner, ReturnLine) else owner.pk
    found = rows.select_for_update().filter(pk=key).first()
    if found is None:
        raise NotFound("It is gone.", field="id" if isinstance(owner, ReturnLine) else "draftId")
    return found


def photos_of(owner: Owner, order_line_id: str) -> Any:
    """The pictures of one item, oldest first."""
    mine = {"return_line": owner} if isinstance(owner, ReturnLine) else {"draft": owner}
    return light(Photo.objects.filter(order_line_id=order_line_id, **mine)).order_by("pk")


def find_photo(photo_id: UUID, *, bytes_too: bool = False) -> Photo:
    """The picture and whose it is. Raises NotFound (field ``id``)."""
    rows = Photo.objects.select_related("draft", "return_line__rma")
    found = (rows if bytes_too else light(rows)).filter(pk=photo_id).first()
    if found is None:
        raise no_such_photo()
    return found


def no_such_photo() -> NotFound:
    """The same answer for what does not exist and for what the asker may not see."""
    return NotFound("No such photo.", field="id")


def count_photos(draft_id: UUID) -> Counter[str]:
    """How many pictures a draft has, by order line."""
    return Counter(Photo.objects.filter(draft=draft_id).values_list("order_line_id", flat=True))


def give_photos(draft_id: UUID, line: ReturnLine, expires: datetime) -> None:
    """The draft's pictures of an item are the return's from now on."""
    rows = Photo.objects.filter(draft=draft_id, order_line_id=line.line_id)
    rows.update(draft=None, return_line=line, expires=expires)


def light(rows: Any) -> Any:
    """Pictures without their bytes."""
    return rows.defer("content", "preview")
