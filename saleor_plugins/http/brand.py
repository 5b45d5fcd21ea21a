"""How the shop looks to its customers, on pages and in mails: settings, and what is made of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from ..kernel.colours import READABLE, WHITE, contrast, is_hex
from ..kernel.errors import Invalid
from ..platform import shop
from ..platform.settings import Parse, Setting, choice, text
from .languages import LANGUAGES
from .texts import is_address

# What would end a source in a Content-Security-Policy, or an attribute.
_UNSAFE = re.compile(r"[\s\"'<>;,\\]")


def short(most: int) -> Parse:
    """Text of at most `most` characters."""

    def parse(value: Any) -> str:
        given = text(value)
        if len(given) > most:
            raise Invalid(f"Must have at most {most} characters.")
        return given

    return parse


def _address(value: Any) -> str:
    """An https address, or nothing."""
    given = str(short(500)(value))
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


def settings(prefix: str, label: str) -> tuple[Setting, ...]:
    """The settings of a plugin's looks: names begin with ``<prefix>_``, labels with ``<label>:``."""
    rows: tuple[tuple[str, str, str, str, Parse], ...] = (
        ("name", "", "shop name", "Empty: the name of your site.", short(100)),
        ("logo", "", "logo", "An https address of a picture.", _address),
        (
            "colour",
            "#1f4f8f",
            "colour",
            "Of links and buttons. White on it must be readable (4.5:1).",
            _colour,
        ),
        ("header_colour", "#1f2933", "header colour", "Behind the shop's name, which is white.", _colour),
        ("terms", "", "terms", "The https address of your terms.", _address),
        ("imprint", "", "imprint", "The https address of your imprint.", _address),
        ("support", "", "support", "Where shoppers may write to.", _mail),
        (
            "language",
            LANGUAGES[0],
            "language",
            f"For browsers that ask for none of: {', '.join(LANGUAGES)}.",
            choice(*LANGUAGES),
        ),
    )
    return tuple(
        Setting(f"{prefix}_{name}", default, f"{label}: {words}", about, parse=parse)
        for name, default, words, about, parse in rows
    )


def brand(values: Mapping[str, Any], prefix: str, language: str = "") -> dict[str, Any]:
    """Parsed settings for templates, without their prefix; `name` is never empty.

    Also logo_origin ("" without a logo) and `language`: the one given, or the merchant's.
    """
    found = {name.removeprefix(f"{prefix}_"): value for name, value in values.items()}
    logo = urlsplit(found["logo"])
    return {
        **found,
        "name": found["name"] or shop().site().name,
        "logo_origin": f"{logo.scheme}://{logo.netloc}" if logo.netloc else "",
        "language": language or found["language"],
    }
