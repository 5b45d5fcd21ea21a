"""What all mutations of the desk share. Each may be repeated with an idempotency key."""

from __future__ import annotations

from typing import Any

import graphene

from ...http.api import Mutation
from ...kernel.ids import own_key
from .. import store
from ..access import PERMISSION
from . import types
from .asked import asked

OWN = f"A shopper may do this with their own orders; everybody else needs the permission {PERMISSION}."


class ReturnMutation(Mutation):
    """Base of all: answers the return as it is then."""

    class Meta:
        abstract = True

    permission: str | None = PERMISSION

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        rows = store.for_api(asked(info, "return"))
        return cls(return_=rows.filter(pk=result["id"]).first())


def answer_field() -> graphene.Field:
    return graphene.Field(types.Return, name="return")


def result_of(rma: Any) -> dict[str, Any]:
    return {"id": str(rma.pk)}


def line_key(line: Any, i: int) -> Any:
    return own_key(line["return_line_id"], "ReturnLine", field=f"lines.{i}.returnLineId")


def units_of(lines: Any) -> list[tuple[Any, int]]:
    """Return lines' keys with their units. Raises Invalid and NotFound naming ``lines.N.returnLineId``."""
    return [(line_key(line, i), line["quantity"]) for i, line in enumerate(lines)]
