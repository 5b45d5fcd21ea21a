"""Mails to shoppers who wait: the merchant's own words, and how they would look."""

from __future__ import annotations

from typing import Any

import graphene

from ...http.api import Error, Mutation, errors_of, require
from ...kernel.errors import OpsError
from ...mails import own_words
from ..mails.kinds import KINDS
from ..usecases.mailing import OFFICE

PERMISSION = "MANAGE_PLUGINS"
_NEEDS = f"Requires the permission {PERMISSION}."
RestockMailKind = graphene.Enum("RestockMailKind", [(name.upper(), name) for name in KINDS])


class RestockMailTemplate(graphene.ObjectType):
    """The words of a kind of mail in a language."""

    kind = graphene.Field(RestockMailKind, required=True)
    about = graphene.String(required=True, description="When it is sent.")
    language = graphene.String(required=True, description="en, de or pl.")
    subject = graphene.String(required=True)
    text = graphene.String(required=True)
    changed = graphene.DateTime(description="When the merchant's words were set; null while they are ours.")
    variables = graphene.List(
        graphene.NonNull(graphene.String), required=True, description="Names that the words may use."
    )

    def resolve_kind(row: Any, info: Any) -> str:
        return str(row.kind.name)

    def resolve_about(row: Any, info: Any) -> str:
        return str(row.kind.about)

    def resolve_variables(row: Any, info: Any) -> list[str]:
        return [each.name for each in row.kind.variables]


class RestockMailPreview(graphene.ObjectType):
    """A mail with sample values, or why the words are refused."""

    subject = graphene.String()
    text = graphene.String()
    html = graphene.String(description="The whole document: show it in a frame of its own, sandboxed.")
    errors = graphene.List(graphene.NonNull(Error), required=True)


class MailQueries:
    """Words of mails."""

    restock_mail_templates = graphene.List(
        graphene.NonNull(RestockMailTemplate),
        required=True,
        description=f"The words of all mails to shoppers who wait. {_NEEDS}",
    )
    restock_mail_preview = graphene.Field(
        RestockMailPreview,
        required=True,
        description=f"A mail with sample values. Without subject or text those in use. {_NEEDS}",
        kind=graphene.Argument(RestockMailKind, required=True),
        language=graphene.String(required=True),
        subject=graphene.String(),
        text=graphene.String(),
    )

    def resolve_restock_mail_templates(root, info: Any) -> Any:
        require(info, PERMISSION)
        return list(own_words.templates(OFFICE, KINDS))

    def resolve_restock_mail_preview(
        root, info: Any, kind: str, language: str, subject: str = "", text: str = ""
    ) -> RestockMailPreview:
        require(info, PERMISSION)
        try:
            source = own_words.tried(OFFICE, kind, language, subject, text)
        except OpsError as error:
            return RestockMailPreview(errors=errors_of(error))
        found = OFFICE.compose(KINDS[kind], language, own_words.samples(KINDS[kind]), source=source)[0]
        return RestockMailPreview(subject=found.subject, text=found.text, html=found.html, errors=[])


class _TemplateMutation(Mutation):
    class Meta:
        abstract = True

    permission = PERMISSION

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        return cls(template=next(own_words.templates(OFFICE, KINDS, result["kind"], result["language"])))


class RestockMailTemplateSet(_TemplateMutation):
    """Puts the merchant's words in the place of ours. A mistake is told by field: nothing is stored then."""

    class Arguments:
        kind = graphene.Argument(RestockMailKind, required=True)
        language = graphene.String(required=True)
        subject = graphene.String(required=True)
        text = graphene.String(required=True)

    template = graphene.Field(RestockMailTemplate)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        own_words.set_template(OFFICE, data["kind"], data["language"], data["subject"], data["text"])
        return {"kind": data["kind"], "language": data["language"]}


class RestockMailTemplateReset(_TemplateMutation):
    """Goes back to our words."""

    class Arguments:
        kind = graphene.Argument(RestockMailKind, required=True)
        language = graphene.String(required=True)

    template = graphene.Field(RestockMailTemplate)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        own_words.reset_template(OFFICE, data["kind"], data["language"])
        return dict(data)


class MailMutations:
    """Words of mails."""

    restock_mail_template_set = RestockMailTemplateSet.Field()
    restock_mail_template_reset = RestockMailTemplateReset.Field()
