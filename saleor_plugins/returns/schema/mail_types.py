"""Mails to shoppers."""

from __future__ import annotations

from typing import Any

import graphene

from ..mails.kinds import KINDS

ReturnMailKind = graphene.Enum("ReturnMailKind", [(name.upper(), name) for name in KINDS])


class ReturnMail(graphene.ObjectType):
    """A mail about a return. Its words and address are not kept."""

    kind = graphene.Field(ReturnMailKind, required=True)
    language = graphene.String(required=True)
    created = graphene.DateTime(required=True)
    sent = graphene.DateTime(description="Null until the mail server took it.")


class ReturnMailVariable(graphene.ObjectType):
    """A name that a kind's templates may use: ``{{ name }}``, ``{% if name %}``, a list in ``{% for %}``."""

    name = graphene.String(required=True)
    about = graphene.String(required=True)
    form = graphene.String(required=True, description="How it is written.")
    required = graphene.Boolean(required=True, description="Must be said, outside of any condition.")

    def resolve_form(row: Any, info: Any) -> str:
        return str(row.form.value)


class ReturnMailTemplate(graphene.ObjectType):
    """The words of a kind of mail in a language."""

    kind = graphene.Field(ReturnMailKind, required=True)
    about = graphene.String(required=True, description="When it is sent.")
    language = graphene.String(required=True, description="en, de or pl.")
    subject = graphene.String(required=True)
    text = graphene.String(required=True)
    custom = graphene.Boolean(required=True, description="Whether the words are the merchant's.")
    changed = graphene.DateTime(description="When the merchant's words were set.")
    sent = graphene.Boolean(required=True, description="Whether mails of this kind are sent at all.")
    variables = graphene.List(graphene.NonNull(ReturnMailVariable), required=True)

    def resolve_kind(row: Any, info: Any) -> str:
        return str(row.kind.name)

    def resolve_about(row: Any, info: Any) -> str:
        return str(row.kind.about)

    def resolve_custom(row: Any, info: Any) -> bool:
        return row.changed is not None

    def resolve_variables(row: Any, info: Any) -> Any:
        return row.kind.variables
