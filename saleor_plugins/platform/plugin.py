"""What every plugin shares: its page in the dashboard, its switch, its hooks, its endpoint.

Saleor 2.10 calls hooks of inactive plugins, and both generations route HTTP to them, so each
entry point asks `self.active` itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import graphene
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from saleor.plugins.base_plugin import BasePlugin, ConfigurationTypeField
from saleor.plugins.error_codes import PluginErrorCode

from ..delivery import emit
from ..http.endpoint import serve
from ..kernel.errors import Invalids
from .settings import Setting, parse_settings


class Plugin(BasePlugin):
    """Base of our plugins: declares `settings` and `routes`; hooks only call `record`.

    `routes` maps a path below the plugin's address to the dotted path of a view
    ``view(request, rest) -> HttpResponse``, imported when it is first asked for.
    """

    # Per-channel plugin addresses break when a channel is renamed (saleor/saleor#13523).
    CONFIGURATION_PER_CHANNEL = False
    settings: ClassVar[tuple[Setting, ...]] = ()
    routes: ClassVar[Mapping[str, str]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.DEFAULT_CONFIGURATION = [{"name": s.name, "value": s.default} for s in cls.settings]
        cls.CONFIG_STRUCTURE = {
            s.name: {
                "type": getattr(ConfigurationTypeField, s.kind),
                "label": s.label,
                "help_text": s.help,
            }
            for s in cls.settings
        }

    def __init__(self, *, configuration: list[dict[str, Any]] | None = None, **kwargs: Any) -> None:
        # Saleor edits the list and its dicts in place; ours must not write into the class's defaults.
        super().__init__(configuration=[dict(item) for item in configuration or []], **kwargs)

    @classmethod
    def validate_plugin_configuration(cls, plugin_configuration: Any, **kwargs: Any) -> None:
        """Refuse bad settings with one error per field, before anything is saved."""
        stored = {item["name"]: item.get("value") for item in plugin_configuration.configuration or []}
        try:
            cls.check_settings(parse_settings(cls.settings, stored))
        except Invalids as found:
            code = PluginErrorCode.INVALID.value
            raise ValidationError(
                {str(error.field): ValidationError(error.message, code=code) for error in found.errors}
            ) from None

    @classmethod
    def check_settings(cls, values: Mapping[str, Any]) -> None:
        """Raise Invalids for settings that are right alone and wrong together, or in this shop."""

    def setting(self, name: str) -> Any:
        """A parsed setting from what Saleor has loaded with the plugin: no query.

        Raises Invalids when what is stored is broken.
        """
        declared = [item for item in self.settings if item.name == name]
        stored = {item["name"]: item.get("value") for item in self.configuration or []}
        return parse_settings(declared, stored)[name]

    def record(self, topic: str, order: Any) -> None:
        """Note that `order` (a Saleor model) was seen; the work happens in a worker."""
        if self.active:
            emit(topic, {"orderId": graphene.Node.to_global_id("Order", order.pk)})

    def record_stock(self, topic: str, stock: Any) -> None:
        """Note that a variant's stock (a Saleor model) was seen to change."""
        if self.active:
            variant = graphene.Node.to_global_id("ProductVariant", stock.product_variant_id)
            emit(topic, {"variantId": variant})

    def webhook(self, request: HttpRequest, path: str, previous_value: Any) -> HttpResponse:
        """Answer HTTP below the plugin's address; 404 for all of it when it is switched off."""
        if not self.active:
            return JsonResponse({"error": "Not found."}, status=404)
        return serve(self.routes, request, path)
