"""The portal: how it looks, what it says, how shoppers come in."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from saleor_plugins.http.languages import LANGUAGES
from saleor_plugins.kernel.errors import Invalid
from saleor_plugins.platform.settings import Parse, Setting, boolean, choice, integer, text

from ..domain.colours import READABLE, WHITE, contrast, is_hex
from ..texts import is_address

# What would end a source in a Content-Security-Policy, or an attribute.
_UNSAFE = re.compile(r"[\s\"'<>;,\\]")


def _short(most: int) -> Parse:
    """Text of at most `most` characters."""

    def parse(value: Any) -> str:
        given = text(value)
        if len(given) > most:
            raise Invalid(f"Must have at most {most} characters.")
        return given

    return parse


def _address(value: Any) -> str:
    """An https address, or nothing."""
    given = _short(500)(value)
    try:
        parts = urlsplit(given)
        sound = parts.scheme == "https" and parts.hostname and not parts.username and parts.port != 0
    except ValueError:
        sound = False
    if given and (not sound or _UNSAFE.search(given)):
        raise Invalid("Must be an address that begins with https://.")
    return given


def _mail(value: Any) -> str:
    """A mail address, or nothing."""
    given = text(value)
    if given and not is_address(given):
        raise Invalid("Must be a mail address.")
    return given


def _colour(value: Any) -> str:
    """A hex colour that white text can be read on."""
    given = text(value).lower()
    if not is_hex(given):
        raise Invalid("Must be a colour such as #1f4f8f.")
    ratio = contrast(given, WHITE)
    if ratio < READABLE:
        # Rounded down: 4.49 must not read as enough.
        shown = f"{int(ratio * 100) / 100:.2f}"
        raise Invalid(f"Its contrast with white is {shown}:1; people need {READABLE}:1 to read. Go darker.")
    return given


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "portal_on",
        True,
        "Portal",
        "Shoppers find their order and ask for a return by themselves.",
        kind="BOOLEAN",
        parse=boolean,
    ),
    Setting("portal_name", "", "Portal: shop name", "Empty: the name of your site.", parse=_short(100)),
    Setting("portal_logo", "", "Portal: logo", "An https address of a picture.", parse=_address),
    Setting(
        "portal_colour",
        "#1f4f8f",
        "Portal: colour",
        "Of links and buttons. White on it must be readable (4.5:1).",
        parse=_colour,
    ),
    Setting(
        "portal_header_colour",
        "#1f2933",
        "Portal: header colour",
        "Behind the shop's name, which is white.",
        parse=_colour,
    ),
    Setting("portal_text", "", "Portal: welcome", "Shown above the first question.", parse=_short(1000)),
    Setting("portal_terms", "", "Portal: terms", "The https address of your terms.", parse=_address),
    Setting("portal_imprint", "", "Portal: imprint", "The https address of your imprint.", parse=_address),
    Setting("portal_support", "", "Portal: support", "Where shoppers may write to.", parse=_mail),
    Setting(
        "portal_language",
        LANGUAGES[0],
        "Portal: language",
        "For browsers that ask for none of: " + ", ".join(LANGUAGES) + ".",
        parse=choice(*LANGUAGES),
    ),
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
