"""Shoppers who wait for stock: whether, when and how they are told."""

from __future__ import annotations

import re
import string
from typing import Any

from ...http.brand import short
from ...kernel.errors import Invalid
from ...platform.settings import Setting, boolean, decimal, integer

PLACES = ("product", "variant", "slug", "channel")


def _link(value: Any) -> str:
    """An https address in which only `PLACES` stand in braces, or nothing."""
    given = str(short(400)(value))
    if not given:
        return ""
    try:
        parts = [name for _, name, *_ in string.Formatter().parse(given) if name is not None]
    except ValueError:
        raise Invalid("Its braces do not match.") from None
    if unknown := sorted({part or "" for part in parts} - set(PLACES)):
        raise Invalid(f"Unknown: {', '.join(unknown)[:100]}. There are: {', '.join(PLACES)}.")
    if not re.fullmatch(r"https://[^\s\"'<>\\]+", given):
        raise Invalid("Must be an address that begins with https://.")
    return given


SETTINGS = (
    Setting(
        "alerts_on",
        True,
        "Notify me",
        "Shoppers may ask for a mail when something that is sold out is there again.",
        kind="BOOLEAN",
        parse=boolean,
    ),
    Setting(
        "alerts_confirm",
        True,
        "Notify me: confirm addresses",
        "Guests click a link in a first mail (double opt-in), as the law of Germany and others expects.",
        kind="BOOLEAN",
        parse=boolean,
    ),
    Setting(
        "alerts_stable",
        "15",
        "Notify me: stable for (minutes)",
        "How long stock must stay free before anybody is told: 0 to 1440.",
        parse=integer(0, 1440),
    ),
    Setting(
        "alerts_each",
        "2",
        "Notify me: shoppers per unit",
        "How many of those who wait longest are told for each free unit: 1 to 100.",
        parse=decimal("1", "100"),
    ),
    Setting(
        "alerts_again",
        "24",
        "Notify me: next ones after (hours)",
        "When there is still stock so long after that, the next ones are told: 1 to 720.",
        parse=integer(1, 720),
    ),
    Setting(
        "alerts_days",
        "365",
        "Notify me: wait for (days)",
        "After that nobody is told any more: 7 to 1095.",
        parse=integer(7, 1095),
    ),
    Setting(
        "alerts_keep",
        "7",
        "Privacy: addresses (days)",
        "How long the address of somebody who was told, or waited in vain, is kept: 0 to 365.",
        parse=integer(0, 365),
    ),
    Setting(
        "alerts_link",
        "",
        "Notify me: product page",
        "Where mails lead, such as https://shop.example/products/{slug}/?variant={variant}. Also: {product}, "
        "{channel}.",
        parse=_link,
    ),
)
