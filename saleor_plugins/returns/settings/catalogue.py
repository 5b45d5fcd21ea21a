"""What the shop's products tell before the sale."""

from __future__ import annotations

from saleor_plugins.platform.settings import Setting, boolean

SETTINGS = (
    Setting(
        "publish_terms",
        True,
        "Show terms on products",
        "Each product's return window, final sale and postage as its public metadata, for storefronts. "
        "Switched off, they are removed.",
        kind="BOOLEAN",
        parse=boolean,
    ),
)
