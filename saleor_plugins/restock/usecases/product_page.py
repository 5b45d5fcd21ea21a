"""Where a variant is bought."""

from __future__ import annotations

from urllib.parse import quote

from ...platform import shop
from ...platform.port import Buyable
from .alert_rules import rules


def product_page(variant_id: str, channel: str = "") -> str:
    """The storefront's page of a variant; "" when the merchant named none, or visitors do not see it."""
    seen = shop().buyable([variant_id], channel).get(variant_id)
    return page_of(seen) if seen else ""


def page_of(seen: Buyable) -> str:
    """The storefront's page by the merchant's setting; "" without one."""
    names = {
        "product": seen.product_id,
        "variant": seen.variant_id,
        "slug": seen.slug,
        "channel": seen.channel,
    }
    link = str(rules()["link"])
    return link.format(**{name: quote(value, safe="") for name, value in names.items()}) if link else ""
