"""Tokens of Saleor 2.10."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from graphql_jwt.shortcuts import get_user_by_token
from saleor.graphql.middleware import get_app

from .. import port
from ..orm.people import OrmPeople, app_asker, user_asker


class People2(OrmPeople):
    """`port.People` and `port.Settings` on Saleor 2.10."""

    def _identify(self, request: Any) -> port.Asker:
        found = self._named(request)
        # 2.10 has no permission of its own for money: who sets the shop up may also handle its payments.
        more = {"HANDLE_PAYMENTS"} if "MANAGE_SETTINGS" in found.permissions else set()
        return replace(found, permissions=found.permissions | more)

    def _named(self, request: Any) -> port.Asker:
        # Only headers: graphql_jwt also takes a cookie, which any page could make a browser send.
        kind, _, token = request.META.get("HTTP_AUTHORIZATION", "").strip().partition(" ")
        bearer = request.META.get("HTTP_AUTHORIZATION_BEARER") or (token if kind.lower() == "bearer" else "")
        app = get_app(bearer) if bearer else None
        if app:
            return app_asker(app)
        jwt = bearer or (token if kind.lower() == "jwt" else "")
        user = get_user_by_token(jwt.strip(), request) if jwt else None
        return user_asker(user, _codenames(user))


def _codenames(user: Any) -> list[str]:
    if user is None or not user.is_active:
        return []
    return [name.partition(".")[2] for name in user.get_all_permissions()]
