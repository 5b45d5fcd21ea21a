"""The bricks of the plugins' GraphQL schemas: permissions, mutations, errors, pages."""

from __future__ import annotations

import base64
import binascii
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

import graphene
from django.db import models
from graphene.types.utils import yank_fields_from_attrs
from graphene.utils.props import props

from ..delivery import once
from ..delivery.deadlocks import unlocked
from ..kernel.errors import Invalid, Invalids, OpsError, PermissionDenied

MAX_PAGE = 100


def require(info: Any, permission: str) -> None:
    """Raise PermissionDenied unless the asker holds `permission`."""
    if not info.context.asker.may(permission):
        raise PermissionDenied(f"You need the permission {permission}.")


class Error(graphene.ObjectType):
    """Why an input was refused."""

    field = graphene.String(description="The input field it is about, in camelCase; null for the whole.")
    message = graphene.String(required=True, description="What is wrong, for people.")
    code = graphene.String(required=True, description="What is wrong, for programs.")


def _answer_once(*arguments: Any, atomic: bool) -> Any:
    return once(*arguments, atomic=atomic)[0]


def errors_of(found: OpsError) -> list[Error]:
    """Each of its field errors."""
    each = found.errors if isinstance(found, Invalids) else [found]
    return [Error(field=error.field, message=error.message, code=error.code) for error in each]


class Mutation(graphene.Mutation):
    """Base of every mutation.

    A subclass sets `permission` (None: it checks for itself), ``class Arguments`` and `perform`, which
    has the effect and returns a JSON-able dict; `answer` turns that dict into the payload. The two are
    apart so that a repeated idempotency key repeats the answer without repeating the effect.
    """

    class Meta:
        abstract = True

    errors = graphene.List(graphene.NonNull(Error), required=True, description="Empty on success.")
    permission: str | None = None
    # False for a `perform` that is more than one transaction, around an outside effect.
    atomic = True

    @classmethod
    def __init_subclass_with_meta__(cls, description: str | None = None, **options: Any) -> None:
        arguments = yank_fields_from_attrs(props(getattr(cls, "Arguments", object)), _as=graphene.Argument)
        arguments["idempotency_key"] = graphene.String(
            description="Same key and input: the first answer again. Same key, other input: an error."
        )
        about = (description or cls.__doc__ or "").strip()
        if cls.permission:
            about = f"{about} Requires the permission {cls.permission}."
        super().__init_subclass_with_meta__(description=about, arguments=arguments, **options)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        """Have the effect and return what `answer` needs, as JSON. Raises kernel errors."""
        raise NotImplementedError

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Mutation:
        """The payload of `result`."""
        return cls(**result)

    @classmethod
    def mutate(cls, root: Any, info: Any, idempotency_key: str | None = None, **data: Any) -> Mutation:
        """Check, perform once, answer; kernel errors become `errors`."""
        try:
            if cls.permission:
                require(info, cls.permission)
            perform = partial(cls.perform, info, **data)
            if idempotency_key is not None:
                asker = info.context.asker
                # Guests have no id: what one of them did must not answer another.
                who = asker.id or ",".join(sorted(asker.orders))
                scope = f"{cls.__name__}:{asker.kind.value}:{who}"
                perform = partial(_answer_once, scope, idempotency_key, data, perform, atomic=cls.atomic)
            result = unlocked(perform) if cls.atomic else perform()
            payload = cls.answer(info, result)
        except OpsError as error:
            return cls(errors=errors_of(error))
        payload.errors = []
        return payload


class PageInfo(graphene.ObjectType):
    """Where a page stands in the whole."""

    has_next_page = graphene.Boolean(required=True)
    end_cursor = graphene.String()


def connection(node: type, name: str | None = None) -> type:
    """A Relay connection type over `node`, walked forward with `first` and `after`."""
    base = name or node.__name__
    edge = type(
        f"{base}Edge",
        (graphene.ObjectType,),
        {"node": graphene.Field(node, required=True), "cursor": graphene.String(required=True)},
    )
    return type(
        f"{base}Connection",
        (graphene.ObjectType,),
        {
            "edges": graphene.List(graphene.NonNull(edge), required=True),
            "page_info": graphene.Field(PageInfo, required=True),
            "_edge": edge,
        },
    )


def connection_field(kind: type, description: str, **arguments: Any) -> graphene.Field:
    """A field answering a page of `kind`."""
    return graphene.Field(
        kind,
        required=True,
        description=description,
        first=graphene.Int(default_value=20, description=f"How many, from 1 to {MAX_PAGE}."),
        after=graphene.String(description="The cursor to go on from."),
        **arguments,
    )


def page(
    kind: Any,
    rows: models.QuerySet,
    first: int,
    after: str | None,
    show: Callable[[Any], Any] = lambda row: row,
) -> Any:
    """One page of `rows`, newest first; needs a time-ordered UUID as primary key.

    Raises Invalid (field ``first`` or ``after``).
    """
    if not 1 <= first <= MAX_PAGE:
        raise Invalid(f"Must be from 1 to {MAX_PAGE}.", field="first")
    if after:
        rows = rows.filter(pk__lt=_position(after))
    found = list(rows.order_by("-pk")[: first + 1])
    edges = [kind._edge(node=show(row), cursor=_cursor(row.pk)) for row in found[:first]]
    info = PageInfo(has_next_page=len(found) > first, end_cursor=edges[-1].cursor if edges else None)
    return kind(edges=edges, page_info=info)


def _cursor(key: uuid.UUID) -> str:
    return base64.urlsafe_b64encode(key.bytes).decode()


def _position(cursor: str) -> uuid.UUID:
    try:
        return uuid.UUID(bytes=base64.urlsafe_b64decode(cursor))
    except (binascii.Error, ValueError):
        raise Invalid("Not a cursor of this list.", field="after") from None
