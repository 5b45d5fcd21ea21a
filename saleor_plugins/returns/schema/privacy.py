"""What the desk knows of a person: told, and erased."""

from __future__ import annotations

import json
from typing import Any

import graphene

from ...http.api import Mutation
from ..access import PRIVACY
from ..usecases.erase_person import erase_person
from ..usecases.export_person import ENCODER, export_person
from .money import count

_EMAIL = "Of their orders."
_USER = "Their account; with an address both are searched."


class ReturnsErasedRows(graphene.ObjectType):
    """Rows that were emptied or deleted."""

    kind = graphene.String(required=True)
    count = count()


class ReturnsPersonErase(Mutation):
    """Erases a person: messages, reasons' words, photos, labels, numbers, keys, withdrawals. Totals stay."""

    class Arguments:
        email = graphene.String(description=_EMAIL)
        user_id = graphene.ID(description=_USER)
        dry_run = graphene.Boolean(
            default_value=True, description="Only count, which is what happens unless it is false."
        )

    permission = PRIVACY
    erased = graphene.Boolean(description="Whether it was done, and not only counted.")
    rows = graphene.List(graphene.NonNull(ReturnsErasedRows))
    user_ids = graphene.List(
        graphene.NonNull(graphene.ID), description="Accounts that these orders were placed from."
    )

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        found = erase_person(
            info.context.asker,
            data.get("email") or "",
            data.get("user_id") or "",
            dry_run=data["dry_run"] is not False,
        )
        return {"erased": found.done, "counts": found.counts, "user_ids": list(found.users)}

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Mutation:
        rows = [
            ReturnsErasedRows(kind=kind, count=number) for kind, number in sorted(result["counts"].items())
        ]
        return cls(erased=result["erased"], rows=rows, user_ids=result["user_ids"])


class PrivacyMutations(graphene.ObjectType):
    """Erasing."""

    returns_person_erase = ReturnsPersonErase.Field()


class PrivacyQueries(graphene.ObjectType):
    """Telling."""

    returns_person_export = graphene.JSONString(
        required=True,
        email=graphene.String(description=_EMAIL),
        user_id=graphene.ID(description=_USER),
        description="Everything the desk holds about a person, as JSON; `manage.py returns_person` adds the "
        f"pictures. Requires the permission {PRIVACY}.",
    )

    def resolve_returns_person_export(
        root, info: Any, email: str | None = None, user_id: str | None = None
    ) -> Any:
        found = export_person(info.context.asker, email or "", user_id or "")
        return json.loads(json.dumps(found, cls=ENCODER))
