"""The portal: how it looks, what it says, how shoppers come in."""

from __future__ import annotations

from saleor_plugins.http import brand
from saleor_plugins.platform.settings import Setting, boolean, integer

SETTINGS: tuple[Setting, ...] = (
    Setting(
        "portal_on",
        True,
        "Portal",
        "Shoppers find their order and ask for a return by themselves.",
        kind="BOOLEAN",
        parse=boolean,
    ),
    *brand.settings("portal", "Portal"),
    Setting("portal_text", "", "Portal: welcome", "Shown above the first question.", parse=brand.short(1000)),
    Setting(
        "portal_link_days",
        "30",
        "Portal: links (days)",
        "How long a link to an order in a mail opens the portal.",
        parse=integer(1, 365),
    ),
    Setting(
        "portal_withdrawal",
        True,
        "Withdrawal function",
        "Two steps to withdraw from a contract, linked from every page, as Article 11a of Directive "
        "2011/83/EU asks. Only a shop that sells to no consumer in the EU may do without.",
        kind="BOOLEAN",
        parse=boolean,
    ),
)
