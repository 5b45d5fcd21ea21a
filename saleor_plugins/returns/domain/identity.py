"""What makes two customers, or two addresses, the same: their spelling does not."""

from __future__ import annotations

import re
import unicodedata

_APART = re.compile(r"[\W_]+")


def same_email(email: str) -> str:
    """An e-mail address as others of its spelling have it; "" for none."""
    return unicodedata.normalize("NFKC", email).strip().casefold()


def same_place(country: str, postal_code: str, city: str, street: str) -> str:
    """An address as others of its spelling have it: case, accents, spaces and marks tell nothing.

    "" unless there is a street: a whole town is no household.
    """
    parts = [_letters(part) for part in (country, postal_code, city, street)]
    return "|".join(parts) if parts[3] else ""


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss").casefold())
    return _APART.sub("", "".join(char for char in plain if not unicodedata.combining(char)))
