"""The languages of what people read."""

from __future__ import annotations

LANGUAGES = ("en", "de", "pl")


def language_of(accepted: str, otherwise: str = LANGUAGES[0]) -> str:
    """The first of our languages by an Accept-Language header's weights; else `otherwise`."""
    best, most = otherwise, 0.0
    for part in accepted[:500].split(","):
        name, _, weight = part.strip().partition(";q=")
        language = name.strip().lower().partition("-")[0]
        try:
            value = float(weight) if weight else 1.0
        except ValueError:
            value = 0.0
        if language in LANGUAGES and most < value <= 1:
            best, most = language, value
    return best
