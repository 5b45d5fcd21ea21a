"""Coming in without an account, links into the portal, and withdrawals by the law's function."""

from __future__ import annotations

from typing import Any

import graphene
from django.core import signing

from ...http.api import Mutation, connection, connection_field, page, require
from ...http.graphql import GraphQLView
from ...http.languages import LANGUAGES
from ...http.throttle import throttle
from ...kernel.errors import NotFound
from ...kernel.ids import new_id, own_key, to_global
from ...platform import shop
from ...platform.port import Asker, AskerKind
from .. import access
from ..access import PERMISSION
from ..models import WithdrawalStatement as Statement
from ..usecases.acknowledge_withdrawal import goods_of
from ..usecases.confirm_access import confirm_access
from ..usecases.declare_withdrawal import Declaration, declare_withdrawal
from ..usecases.request_access import request_access
from ..usecases.settle_withdrawal import settle_withdrawal
from ..views.portal.access_pages import CODES, LOOKUPS
from ..views.portal.links import portal_url
from ..views.portal.session import SECONDS
from ..views.portal.withdrawal import limit

HEADER = "Return-Access"
_SALT = "saleor_plugins.returns.access"
ANYBODY = "Anybody may do this."


def access_token(order_id: str) -> str:
    """What a storefront sends as `Return-Access` for two hours; a cookie is never taken here."""
    return signing.dumps(order_id, salt=_SALT)


class ReturnsView(GraphQLView):
    """The desk's endpoint: who shows a token of `returnAccessConfirm` owns that order."""

    def asker(self, request: Any) -> Asker:
        found = super().asker(request)
        token = request.headers.get(HEADER)
        if not token or found.kind not in (AskerKind.ANONYMOUS, AskerKind.CUSTOMER):
            return found
        try:
            order_id = signing.loads(token, salt=_SALT, max_age=SECONDS)
        except (signing.BadSignature, ValueError):
            return found
        return Asker(AskerKind.CUSTOMER, found.id, orders=frozenset({order_id}))


class ReturnAccessRequest(Mutation):
    __doc__ = f"""Mails a code to whoever ordered. {ANYBODY}

    The answer is the same whether there is such an order or not.
    """

    class Arguments:
        order_number = graphene.String(required=True)
        email = graphene.String(required=True)
        language = graphene.String(description=f"Of the mail: {', '.join(LANGUAGES)}.")

    id = graphene.ID(description="For returnAccessConfirm.")

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        throttle(info.context, "returns.lookup", LOOKUPS)
        language = _language(data.get("language"))
        asked = request_access(data["order_number"], data["email"], language=language)
        return {"id": to_global("ReturnAccess", asked.pk)}


class ReturnAccessConfirm(Mutation):
    __doc__ = f"""Takes the code from the mail, once, and gives a token for the header {HEADER}. {ANYBODY}

    The token opens that one order for two hours. An idempotency key is not looked at.
    """

    class Arguments:
        id = graphene.ID(required=True)
        code = graphene.String(required=True)

    token = graphene.String()
    order_id = graphene.ID()
    atomic = False

    @classmethod
    def mutate(cls, root: Any, info: Any, idempotency_key: str | None = None, **data: Any) -> Mutation:
        # A kept answer would be a code that works twice, and an attempt that is not counted.
        return super().mutate(root, info, **data)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        throttle(info.context, "returns.code", CODES)
        order_id = confirm_access(own_key(data["id"], "ReturnAccess"), data["code"])
        return {"token": access_token(order_id), "order_id": order_id}


class WithdrawalStatement(graphene.ObjectType):
    """That somebody withdrew from a contract by the law's function."""

    id = graphene.ID(required=True)
    order_number = graphene.String(required=True, description="As it was typed.")
    name = graphene.String(required=True)
    email = graphene.String(required=True)
    goods = graphene.String(required=True)
    language = graphene.String(required=True)
    order_id = graphene.ID(description="The order that was found.")
    return_id = graphene.ID(description="What it became.")
    received = graphene.DateTime(required=True, description="The moment that counts.")
    acknowledged = graphene.DateTime(description="When the mail about it was sent.")
    settled = graphene.DateTime(description="Null: it waits for staff.")
    outcome = graphene.String(required=True, description="What became of it, or why it waits.")

    def resolve_id(root: Statement, info: Any) -> str:
        return to_global("WithdrawalStatement", root.pk)

    def resolve_goods(root: Statement, info: Any) -> str:
        return goods_of(root)

    def resolve_order_id(root: Statement, info: Any) -> str | None:
        return root.order_id or None

    def resolve_return_id(root: Statement, info: Any) -> str | None:
        return to_global("Return", root.rma_id) if root.rma_id else None


class WithdrawalDeclare(Mutation):
    __doc__ = f"""Withdraws from a contract (Article 11a of Directive 2011/83/EU). {ANYBODY}

    For storefronts, as what their button "confirm withdrawal" does. It is taken in whatever there is in the
    shop, and a mail acknowledges it.
    """

    class Arguments:
        order_number = graphene.String(required=True)
        name = graphene.String(required=True)
        email = graphene.String(required=True)
        goods = graphene.String(description="Which goods, in words. Without: all of the order.")
        language = graphene.String(description=f"Of the mail: {', '.join(LANGUAGES)}.")

    received = graphene.DateTime()

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        limit(info.context, data["email"])
        said = Declaration(
            data["name"],
            data["order_number"],
            data["email"],
            goods=data.get("goods") or "",
            language=_language(data.get("language")),
        )
        return {"id": str(declare_withdrawal(said, new_id()).pk)}

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        return cls(received=Statement.objects.get(pk=result["id"]).received)


class WithdrawnUnitsInput(graphene.InputObjectType):
    """Units of an order's line."""

    order_line_id = graphene.ID(required=True)
    quantity = graphene.Int(required=True)


class WithdrawalSettle(Mutation):
    """Settles a withdrawal that waits for staff; with `orderId` by a return of `lines`, or of all units."""

    class Arguments:
        id = graphene.ID(required=True)
        outcome = graphene.String(required=True, description="What became of it, for staff.")
        order_id = graphene.ID()
        lines = graphene.List(graphene.NonNull(WithdrawnUnitsInput))

    permission = PERMISSION
    statement = graphene.Field(WithdrawalStatement)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        key, named = own_key(data["id"], "WithdrawalStatement"), data.get("lines")
        lines = None if named is None else {each["order_line_id"]: each["quantity"] for each in named}
        order_id = data.get("order_id") or ""
        settled = settle_withdrawal(info.context.asker, key, data["outcome"], order_id=order_id, lines=lines)
        return {"id": str(settled.pk)}

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        return cls(statement=Statement.objects.get(pk=result["id"]))


WithdrawalStatementConnection = connection(WithdrawalStatement)


class AccessQueries(graphene.ObjectType):
    """Links and withdrawals."""

    return_portal_link = graphene.String(
        required=True,
        order_id=graphene.ID(required=True),
        description="A link that opens the portal for the order. A shopper may have one to each order of "
        f"their account; everybody else needs the permission {PERMISSION}.",
    )
    withdrawal_statements = connection_field(
        WithdrawalStatementConnection,
        f"Withdrawals by the law's function, newest first. Requires the permission {PERMISSION}.",
        settled=graphene.Boolean(description="false: those that wait for staff."),
    )

    def resolve_return_portal_link(root, info: Any, order_id: str) -> str:
        asker = info.context.asker
        # Not for guests: what was proven for two hours must not become a link for weeks.
        if access.is_staff(asker) or shop().owns_order(asker, order_id):
            return portal_url(shop().order(order_id).id)
        raise NotFound("No such order.", field="orderId")

    def resolve_withdrawal_statements(
        root, info: Any, first: int, after: str | None = None, settled: bool | None = None
    ) -> Any:
        require(info, PERMISSION)
        rows = Statement.objects.all()
        if settled is not None:
            rows = rows.filter(settled__isnull=not settled)
        return page(WithdrawalStatementConnection, rows, first, after)


class AccessMutations(graphene.ObjectType):
    """Coming in, and the law's function."""

    return_access_request = ReturnAccessRequest.Field()
    return_access_confirm = ReturnAccessConfirm.Field()
    withdrawal_declare = WithdrawalDeclare.Field()
    withdrawal_settle = WithdrawalSettle.Field()


def _language(value: str | None) -> str:
    return value if value in LANGUAGES else LANGUAGES[0]
