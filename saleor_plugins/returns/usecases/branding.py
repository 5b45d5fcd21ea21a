"""How the shop looks and where it is, for pages and mails."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from saleor_plugins.platform import settings as platform_settings
from saleor_plugins.platform import shop

from ..config import PLUGIN_ID
from ..settings.portal import SETTINGS

# Article 11a(1) of Directive 2011/83/EU, in the words of each language's version.
WITHDRAW = {"en": "Withdraw from contract here", "de": "Vertrag widerrufen", "pl": "Odstąp od umowy tutaj"}


def branding(language: str = "") -> dict[str, Any]:
    """The merchant's settings for templates, in two queries.

    name, logo and logo_origin ("" without one), colour, header_colour, text, terms, imprint, support, on,
    language (`language`, or the merchant's), withdraw (the words of the law's link; "" when switched off).
    """
    values = platform_settings.setting_values(PLUGIN_ID, SETTINGS)
    brand = {name.removeprefix("portal_"): value for name, value in values.items()}
    brand["name"] = brand["name"] or shop().site().name
    logo = urlsplit(brand["logo"])
    brand["logo_origin"] = f"{logo.scheme}://{logo.netloc}" if logo.netloc else ""
    brand["language"] = language or brand["language"]
    brand["withdraw"] = WITHDRAW.get(brand["language"], WITHDRAW["en"]) if brand.pop("withdrawal") else ""
    return brand
