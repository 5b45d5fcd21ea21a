"""Colours that people can read: contrast as WCAG 2.2 defines it."""

from __future__ import annotations

import re

WHITE = "#ffffff"
# Success criterion 1.4.3, for text of ordinary size.
READABLE = 4.5
_HEX = re.compile(r"#[0-9a-f]{6}")


def is_hex(colour: str) -> bool:
    """Whether it is written like ``#1f4f8f``, in lower case."""
    return _HEX.fullmatch(colour) is not None


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two hex colours, from 1 to 21 (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
