"""The lines of a return that an input names."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from saleor_plugins.kernel.errors import Invalid, NotFound, Required

from ..domain.quantities import MAX_LINES
from ..models import ReturnLine
from ..store import Desk

Units = Sequence[tuple[UUID, int]]


def named_lines(desk: Desk, items: Units) -> list[tuple[ReturnLine, int]]:
    """The return's lines by id, each once, with their units as given.

    Raises Required and Invalid (``lines``), NotFound and Invalid (``lines.N.returnLineId``).
    """
    if not items:
        raise Required("Name at least one line.", field="lines")
    if len(items) > MAX_LINES:
        raise Invalid(f"At most {MAX_LINES} lines.", field="lines")
    left = {line.pk: line for line in desk.request_lines}
    known = set(left)
    found = []
    for i, (key, quantity) in enumerate(items):
        field = f"lines.{i}.returnLineId"
        if key not in known:
            raise NotFound("No such line in this return.", field=field)
        if key not in left:
            raise Invalid("This line is named twice.", field=field, code="DUPLICATE")
        found.append((left.pop(key), quantity))
    return found
