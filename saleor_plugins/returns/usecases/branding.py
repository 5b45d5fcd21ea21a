"""How the shop looks and where it is, for pages and mails."""

from __future__ import annotations

from typing import Any

from saleor_plugins.http.brand import brand
from saleor_plugins.platform import settings as platform_settings

from ..config import PLUGIN_ID
from ..settings.portal import SETTINGS

# Article 11a(1) of Directive 2011/83/EU, in the words of each language's version.
WITHDRAW = {"en": "Withdraw from contract here", "de": "Vertrag widerrufen", "pl": "Odstąp od umowy tutaj"}


def branding(language: str = "") -> dict[str, Any]:
    """The merchant's settings for templates, in two queries: as `http.brand.brand`, and the portal's own.

    text, on, link_days, withdraw (the words of the law's link; "" when switched off).
    """
    values = platform_settings.setting_values(PLUGIN_ID, SETTINGS)
    found = brand(values, "portal", language)
    found["withdraw"] = WITHDRAW.get(found["language"], WITHDRAW["en"]) if found.pop("withdrawal") else ""
    return found
