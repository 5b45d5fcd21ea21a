"""Who asks, mail and settings, as far as both generations agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import DatabaseError
from saleor.order.models import Order
from saleor.plugins.models import PluginConfiguration

from ...kernel.errors import Conflict, NotFound
from .. import port
from . import convert
from .outside import refuse_in_transaction
from .site import site_settings


class OrmPeople:
    """`port.People` and `port.Settings`; generations differ in tokens and in where mail settings are."""

    def _identify(self, request: Any) -> port.Asker:
        """Who sent the request; may raise whatever a bad token makes Saleor raise."""
        raise NotImplementedError

    def _mail_connection(self) -> tuple[Any, str]:
        """A mail backend (None for Django's own) and the sender."""
        if not settings.EMAIL_BACKEND:
            # Saleor 3 without EMAIL_URL; Django would say that it can not import "".
            raise Conflict("The shop has no mail server.", code="NO_MAIL_SERVER")
        return None, str(site_settings().default_from_email)

    def _configurations(self) -> Any:
        return PluginConfiguration.objects.all()

    def asker(self, request: Any) -> port.Asker:
        try:
            return self._identify(request)
        except DatabaseError:
            raise
        except Exception:  # expired, forged, another secret, not a token at all: nobody we know
            return port.Asker()

    def owns_order(self, asker: port.Asker, order_id: str) -> bool:
        if asker.kind not in (port.AskerKind.CUSTOMER, port.AskerKind.STAFF) or asker.id is None:
            return False
        try:
            key = convert.pk(Order, order_id)
        except NotFound:
            return False
        owner = Order.objects.filter(pk=key, user__isnull=False).values_list("user_id", flat=True).first()
        return owner is not None and convert.gid("User", owner) == asker.id

    def send_mail(
        self,
        to: str,
        subject: str,
        text: str,
        html: str | None = None,
        *,
        key: str = "",
        attachments: Sequence[port.Attachment] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        refuse_in_transaction("send_mail")
        connection, sender = self._mail_connection()
        # RFC 3834.
        more = {**(headers or {}), "Auto-Submitted": "auto-generated"}
        if key:
            more["Message-ID"] = f"<{key}@{parseaddr(sender)[1].rpartition('@')[2]}>"
        mail = EmailMultiAlternatives(subject, text, sender, [to], connection=connection, headers=more)
        if html is not None:
            mail.attach_alternative(html, "text/html")
        for each in attachments:
            mail.attach(each.name, each.content, each.type)
        mail.send()

    def plugin_configuration(self, plugin_id: str) -> port.PluginConfiguration:
        row = self._configurations().filter(identifier=plugin_id).first()
        if row is None:
            return port.PluginConfiguration()
        items = row.configuration or []
        return port.PluginConfiguration(row.active, {item["name"]: item.get("value") for item in items})

    def time_zone(self) -> str:
        return str(settings.TIME_ZONE)

    def site(self) -> port.Site:
        site = site_settings().site
        # 3.x may be told its whole address; 2.10 knows the domain alone.
        address = getattr(settings, "PUBLIC_URL", None)
        scheme = "https" if settings.ENABLE_SSL else "http"
        return port.Site(site.name, (address or f"{scheme}://{site.domain}").rstrip("/"))


def user_asker(user: Any, codenames: Any) -> port.Asker:
    """A user: staff with permissions, a customer with none, nobody when switched off."""
    if user is None or not user.is_active:
        return port.Asker()
    if not user.is_staff:
        return port.Asker(port.AskerKind.CUSTOMER, convert.gid("User", user.pk))
    return port.Asker(port.AskerKind.STAFF, convert.gid("User", user.pk), _names(codenames))


def app_asker(app: Any) -> port.Asker:
    """An app with its permissions."""
    codenames = app.permissions.values_list("codename", flat=True)
    return port.Asker(port.AskerKind.APP, convert.gid("App", app.pk), _names(codenames))


def _names(codenames: Any) -> frozenset[str]:
    return frozenset(name.upper() for name in codenames)
