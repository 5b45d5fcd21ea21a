"""Mails to shoppers: the merchant's templates, and how they would look."""

from __future__ import annotations

from typing import Any

import graphene

from ...http.api import Error, Mutation, errors_of, require
from ...kernel.errors import OpsError
from ...kernel.ids import own_key
from .. import access
from ..usecases import mail_templates as usecase
from .mail_types import ReturnMailKind, ReturnMailTemplate

PERMISSION = "MANAGE_PLUGINS"
_NEEDS = f"Requires the permission {PERMISSION}."


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
