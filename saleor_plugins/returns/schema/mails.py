"""Mails to shoppers: the merchant's templates, and how they would look."""

from __future__ import annotations

from typing import Any

import graphene

from ...http.api import Error, Mutation, errors_of, require
from ...kernel.errors import OpsError
from ...kernel.ids import own_key
from .. import access
from ..mails.kinds import KINDS
from ..usecases import mail_templates as usecase

PERMISSION = "MANAGE_PLUGINS"
_NEEDS = f"Requires the permission {PERMISSION}."
ReturnMailKind = graphene.Enum("ReturnMailKind", [(name.upper(), name) for name in KINDS])


class ReturnMailVariable(graphene.ObjectType):
    """A name that templates of a kind may use: ``{{ name }}``, in ``{% if name %}``, in ``{% for %}``."""

    name = graphene.String(required=True)
    about = graphene.String(required=True)
    form = graphene.String(required=True, description="How it is written.")
    required = graphene.Boolean(
        required=True, description="Must stand in the text, outside of any condition."
    )

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


class ReturnMailPreview(graphene.ObjectType):
    """A mail as it would be sent, or why the template is refused."""

    subject = graphene.String()
    text = graphene.String()
    html = graphene.String(description="The whole document: show it in a frame of its own, sandboxed.")
    errors = graphene.List(graphene.NonNull(Error), required=True)


class MailQueries(graphene.ObjectType):
    """Templates of mails."""

    return_mail_templates = graphene.List(
        graphene.NonNull(ReturnMailTemplate),
        required=True,
        description=f"The words of all mails, or of one kind or language. {_NEEDS}",
        kind=graphene.Argument(ReturnMailKind),
        language=graphene.String(),
    )
    return_mail_preview = graphene.Field(
        ReturnMailPreview,
        required=True,
        description="A mail with sample values, or with a return's as far as it has them. Without subject or "
        f"text those in use. {_NEEDS} With a return also {access.PERMISSION}.",
        kind=graphene.Argument(ReturnMailKind, required=True),
        language=graphene.String(required=True),
        subject=graphene.String(),
        text=graphene.String(),
        return_id=graphene.ID(),
    )

    def resolve_return_mail_templates(
        root, info: Any, kind: str | None = None, language: str | None = None
    ) -> Any:
        require(info, PERMISSION)
        return list(usecase.templates(kind, language))

    def resolve_return_mail_preview(
        root, info: Any, kind: str, language: str, return_id: str | None = None, **words: str | None
    ) -> Any:
        require(info, PERMISSION)
        key = own_key(return_id, "Return", field="returnId") if return_id else None
        if key:
            require(info, access.PERMISSION)
        try:
            found = usecase.preview(
                kind, language, **{name: said or "" for name, said in words.items()}, return_id=key
            )
        except OpsError as error:
            return ReturnMailPreview(errors=errors_of(error))
        return ReturnMailPreview(subject=found.subject, text=found.text, html=found.html, errors=[])


class _TemplateMutation(Mutation):
    class Meta:
        abstract = True

    permission = PERMISSION

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        return cls(template=next(usecase.templates(result["kind"], result["language"])))


class ReturnMailTemplateSet(_TemplateMutation):
    """Puts the merchant's words in the place of ours. A mistake is told by field: nothing is stored then."""

    class Arguments:
        kind = graphene.Argument(ReturnMailKind, required=True)
        language = graphene.String(required=True)
        subject = graphene.String(required=True)
        text = graphene.String(required=True)

    template = graphene.Field(ReturnMailTemplate)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        usecase.set_template(data["kind"], data["language"], data["subject"], data["text"])
        return {"kind": data["kind"], "language": data["language"]}


class ReturnMailTemplateReset(_TemplateMutation):
    """Goes back to our words."""

    class Arguments:
        kind = graphene.Argument(ReturnMailKind, required=True)
        language = graphene.String(required=True)

    template = graphene.Field(ReturnMailTemplate)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        usecase.reset_template(data["kind"], data["language"])
        return dict(data)


class MailMutations(graphene.ObjectType):
    """Words of mails."""

    return_mail_template_set = ReturnMailTemplateSet.Field()
    return_mail_template_reset = ReturnMailTemplateReset.Field()
