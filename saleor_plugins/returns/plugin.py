"""The desk's entry in Saleor: its settings, its address and one hook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from saleor_plugins.platform.plugin import Plugin

from .config import PLUGIN_ID, SETTINGS, check_together


class ReturnsPlugin(Plugin):
    """Returns desk."""

    PLUGIN_ID = PLUGIN_ID
    PLUGIN_NAME = "Returns desk"
    PLUGIN_DESCRIPTION = "Requests, approval, receiving, inspection, exact refunds and restocking of returns."
    DEFAULT_ACTIVE = False
    settings = SETTINGS
    routes: ClassVar[dict[str, str]] = {
        "graphql/": "saleor_plugins.returns.schema.view",
        "portal/": "saleor_plugins.returns.views.portal.view",
        "reports/": "saleor_plugins.returns.views.reports.view",
        "photos/": "saleor_plugins.returns.views.photos.view",
        "documents/": "saleor_plugins.returns.views.documents.view",
    }

    @classmethod
    def check_settings(cls, values: Mapping[str, Any]) -> None:
        """The warehouse must exist, and FIXED needs one."""
        check_together(values)

    def order_cancelled(self, order: Any, *args: Any, **kwargs: Any) -> None:
        """Record it: an exchange may have made the order."""
        self.record("returns.order_canceled", order)
