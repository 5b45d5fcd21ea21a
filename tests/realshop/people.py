"""Real users, apps, tokens, mails and settings."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform import port
from tests.realshop.base import THREE, count, key, model
from tests.realshop.orders import OrderBuilders


class PeopleBuilders(OrderBuilders):
    """Who may ask, and what the shop has noted and sent."""

    def make_asker(self, kind: port.AskerKind, *permissions: str) -> tuple[port.Asker, str]:
        """Somebody who may ask, and the token that says so."""
        name = "permission.Permission" if THREE else "auth.Permission"
        # 2.10 has no HANDLE_PAYMENTS of its own.
        wanted = {
            "MANAGE_SETTINGS" if item == "HANDLE_PAYMENTS" and not THREE else item for item in permissions
        }
        if "MANAGE_SETTINGS" in wanted and not THREE:
            permissions = (*wanted, "HANDLE_PAYMENTS")
        rows = list(model(name).objects.filter(codename__in=[item.lower() for item in wanted]))
        assert len(rows) == len(wanted), f"unknown permission in {permissions}"
        if kind is port.AskerKind.APP:
            row = model("app.App").objects.create(name=f"App {next(count)}", is_active=True)
            row.permissions.add(*rows)
            made = model("app.AppToken").objects.create(app=row, name="test")
            token = made[1] if isinstance(made, tuple) else made.auth_token
            return port.Asker(kind, to_global("App", row.pk), frozenset(permissions)), token
        # The manager's own create_user is gone in 3.23.
        row = model("account.User")(
            email=f"{uuid.uuid4()}@example.com", is_staff=kind is port.AskerKind.STAFF
        )
        row.set_password("password")
        row.save()
        row.user_permissions.add(*rows)
        held = frozenset(permissions) if kind is port.AskerKind.STAFF else frozenset()
        return port.Asker(kind, to_global("User", row.pk), held), self.token_of(row)

    def token_of(self, user: Any) -> str:
        """A JWT of the user, as Saleor's tokenCreate answers it."""
        if THREE:
            from saleor.core.jwt import create_access_token

            return create_access_token(user)
        from graphql_jwt.shortcuts import get_token

        return get_token(user)

    def expired_token(self, monkeypatch: Any) -> str:
        """A JWT of staff that expired an hour ago."""
        user = model("account.User").objects.create(email=f"{uuid.uuid4()}@example.com", is_staff=True)
        if THREE:
            from saleor.core.jwt import JWT_ACCESS_TYPE, jwt_encode, jwt_user_payload

            return jwt_encode(jwt_user_payload(user, JWT_ACCESS_TYPE, timedelta(hours=-1)))
        from graphql_jwt.settings import jwt_settings
        from graphql_jwt.shortcuts import get_token

        # 2.10 does not look at the expiry unless the merchant asks for it.
        monkeypatch.setattr(jwt_settings, "JWT_VERIFY_EXPIRATION", True)
        return get_token(user, exp=timezone.now() - timedelta(hours=1))

    def mails(self) -> list[tuple[str, str, str, str, str]]:
        """Mails sent: to, subject, text, HTML, sender."""
        from django.core import mail

        return [
            (
                row.to[0],
                row.subject,
                row.body,
                row.alternatives[0][0] if row.alternatives else "",
                row.from_email,
            )
            for row in mail.outbox
        ]

    def last_mail(self) -> tuple[list[tuple[str, bytes, str]], dict[str, str]]:
        """What the last mail carries on its way: files (name, content, type), and its headers."""
        from django.core import mail

        message = mail.outbox[-1].message()
        parts = [part for part in message.walk() if part.get_filename()]
        files = [(p.get_filename(), p.get_payload(decode=True), p.get_content_type()) for p in parts]
        return files, dict(message.items())

    def set_user_metadata(self, user_id: str, metadata: Mapping[str, str]) -> None:
        """Public metadata of a user."""
        model("account.User").objects.filter(pk=key("User", user_id)).update(metadata=dict(metadata))

    def switch_off(self, asker: port.Asker) -> None:
        """Deactivate the user or app."""
        name = "app.App" if asker.kind is port.AskerKind.APP else "account.User"
        kind = name.partition(".")[2]
        model(name).objects.filter(pk=key(kind, asker.id or "")).update(is_active=False)

    def configure_plugin(self, plugin_id: str, *, active: bool = True, **values: Any) -> None:
        """Store a plugin's switch and settings."""
        model("plugins.PluginConfiguration").objects.update_or_create(
            identifier=plugin_id,
            defaults={
                "name": plugin_id,
                "active": active,
                "configuration": [{"name": name, "value": value} for name, value in values.items()],
            },
        )

    def notes(self, order_id: str) -> list[str]:
        """The notes in the order's history, oldest first."""
        rows = model("order.OrderEvent").objects.filter(order_id=key("Order", order_id), type="note_added")
        return [row.parameters["message"] for row in rows.order_by("date", "pk")]

    def events(self, order_id: str) -> list[str]:
        """Types of the events in the order's history."""
        rows = model("order.OrderEvent").objects.filter(order_id=key("Order", order_id)).order_by("pk")
        return [row.type for row in rows]
