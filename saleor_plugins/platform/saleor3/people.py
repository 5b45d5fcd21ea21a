"""Tokens and mail of Saleor 3.x."""

from __future__ import annotations

from email.headerregistry import Address
from typing import Any

from django.core.mail.backends.smtp import EmailBackend
from saleor.graphql.app.dataloaders import get_app_promise
from saleor.graphql.context import get_context_value
from saleor.plugins.models import PluginConfiguration
from saleor.plugins.user_email.constants import PLUGIN_ID as USER_EMAIL

from .. import port
from ..orm.people import OrmPeople, app_asker, user_asker
from .context import manager

# Seconds; a mail server that does not answer must not hold a worker.
MAIL_TIMEOUT = 10


class People3(OrmPeople):
    """`port.People` and `port.Settings` on Saleor 3.x."""

    def _identify(self, request: Any) -> port.Asker:
        context = get_context_value(request)
        app = get_app_promise(context).get()
        if app:
            return app_asker(app) if app.is_active else port.Asker()
        if not context.user:
            return port.Asker()
        return user_asker(context.user, context.user.effective_permissions.values_list("codename", flat=True))

    def _configurations(self) -> Any:
        # Ours are global; a row of a channel belongs to a plugin that is not.
        return PluginConfiguration.objects.filter(channel__isnull=True)

    def _mail_connection(self) -> tuple[Any, str]:
        for plugin in manager().get_all_plugins(active_only=True):
            config = getattr(plugin, "config", None)
            if plugin.PLUGIN_ID == USER_EMAIL and config and config.host and config.sender_address:
                sender = str(Address(config.sender_name or "", addr_spec=config.sender_address))
                return _smtp(config), sender
        return super()._mail_connection()


def _smtp(config: Any) -> EmailBackend:
    return EmailBackend(
        host=config.host,
        port=config.port,
        username=config.username,
        password=config.password,
        use_ssl=config.use_ssl,
        use_tls=config.use_tls,
        timeout=MAIL_TIMEOUT,
    )
