"""Returns by id, and as the API shows them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from saleor_plugins.kernel.errors import NotFound

from ..models import Return


def find_return(return_id: UUID) -> Return:
    """The return, unlocked. Raises NotFound (field ``id``)."""
    rma = Return.objects.filter(pk=return_id).first()
    if rma is None:
        raise no_such_return()
    return rma


def for_api() -> Any:
    """Returns with everything the API shows of them, in a constant number of queries."""
    return Return.objects.select_related("order").prefetch_related(
        "lines__line", "receipts__lines__inspections", "refunds__allocations", "refunds__parts", "entries"
    )


def no_such_return() -> NotFound:
    """The same answer for what does not exist and for what the asker may not see."""
    return NotFound("No such return.", field="id")
