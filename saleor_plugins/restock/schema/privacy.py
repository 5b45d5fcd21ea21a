"""What the room knows of a person: told, and erased."""

from __future__ import annotations

import json
from typing import Any

import graphene
from django.core.serializers.json import DjangoJSONEncoder

from ...http.api import Mutation
from ..usecases.person import PRIVACY, erase_person, export_person

_EMAIL = "An address that asked to be told."
_USER = "An account; with an address both are searched."


class PrivacyQueries:
    """Telling."""

    restock_person_export = graphene.JSONString(
        required=True,
        email=graphene.String(description=_EMAIL),
        user_id=graphene.ID(description=_USER),
        description=f"All that this plugin holds about a person, as JSON. Requires the permission {PRIVACY}.",
    )

    def resolve_restock_person_export(
        root, info: Any, email: str | None = None, user_id: str | None = None
    ) -> Any:
        found = export_person(info.context.asker, email or "", user_id or "")
        return json.loads(json.dumps(found, cls=DjangoJSONEncoder))


class RestockPersonErase(Mutation):
    """Ends a person's subscriptions and forgets address and account."""

    class Arguments:
        email = graphene.String(description=_EMAIL)
        user_id = graphene.ID(description=_USER)
        dry_run = graphene.Boolean(
            default_value=True, description="Only count, which is what happens unless it is false."
        )

    permission = PRIVACY
    erased = graphene.Boolean(description="Whether it was done, and not only counted.")
    rows = graphene.Int(description="Subscriptions.")

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        dry = data["dry_run"] is not False
        found = erase_person(
            info.context.asker, data.get("email") or "", data.get("user_id") or "", dry_run=dry
        )
        return {"erased": not dry, "rows": found["alerts"]}


class PrivacyMutations:
    """Erasing."""

    restock_person_erase = RestockPersonErase.Field()
