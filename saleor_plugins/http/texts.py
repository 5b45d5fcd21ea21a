"""Text that people typed, before it is stored."""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from saleor_plugins.kernel.errors import Invalid, Required

# Joiners are format characters that Persian and emoji cannot be written without.
_ALLOWED = frozenset("\n\t\u200c\u200d")
# Quoted names and bare hosts are addresses, too, and nobody's whom a shop writes to.
_ADDRESS = re.compile(r"[^@\s\"]+@[^@\s]+\.[^@\s.]+")
MOST_OF_ADDRESS = 254


def clean(value: str | None, *, field: str, most: int = 500) -> str:
    """`value` without outer spaces and control characters. Raises Invalid naming `field` when too long."""
    text = "".join(c for c in value or "" if c in _ALLOWED or unicodedata.category(c)[0] != "C").strip()
    if len(text) > most:
        raise Invalid(f"Must have at most {most} characters.", field=field)
    return text


def required(value: str | None, *, field: str, most: int = 500) -> str:
    """`clean`, and something must be left of it. Raises Required naming `field`."""
    text = clean(value, field=field, most=most)
    if not text.strip("\u200c\u200d"):
        raise Required("Must not be empty.", field=field)
    return text


def one_line(value: str | None, *, field: str, most: int) -> str:
    """`clean` on one line, single spaces between words."""
    return " ".join(clean(value, field=field, most=most).split())


def address(value: str | None, *, field: str) -> str:
    """A mail address. Raises Required and Invalid naming `field`."""
    text = required(value, field=field, most=MOST_OF_ADDRESS)
    if not is_address(text):
        raise Invalid("Must be a mail address such as name@example.com.", field=field)
    return text


def is_address(text: str) -> bool:
    """Whether it could be one mail address, and nothing else."""
    if len(text) > MOST_OF_ADDRESS or not _ADDRESS.fullmatch(text):
        return False
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
