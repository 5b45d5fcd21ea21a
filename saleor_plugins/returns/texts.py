"""Text that people typed, before it is stored."""

from __future__ import annotations

import unicodedata

from saleor_plugins.kernel.errors import Invalid


def clean(value: str | None, *, field: str, most: int = 500) -> str:
    """`value` without outer spaces and control characters. Raises Invalid naming `field` when too long."""
    text = "".join(c for c in value or "" if c in "\n\t" or unicodedata.category(c)[0] != "C").strip()
    if len(text) > most:
        raise Invalid(f"Must have at most {most} characters.", field=field)
    return text
