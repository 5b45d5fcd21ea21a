"""The merchant's colours as CSS, and what follows from them in the dark."""

from __future__ import annotations

from functools import lru_cache

from ..kernel.colours import READABLE, contrast

# Grounds of the pages' stylesheets; text has to be readable on the darkest tint too.
_DARK_CARD = "#262c37"
_DARK_INK = "#10131a"
_WHITE = "#ffffff"


@lru_cache(maxsize=64)
def theme(colour: str, header: str) -> str:
    """Rules that follow the stylesheet: links and buttons in `colour`, the bar in `header`.

    Both are hex colours that white can be read on; for a dark ground `colour` is made as light as it must be.
    """
    tint = mix(colour, _WHITE, 0.92)
    ink = darker(colour, tint)
    light = lighter(colour, _DARK_CARD)
    return (
        f":root{{--accent:{ink};--tint:{tint};--head:{header}}}"
        "@media screen and (prefers-color-scheme:dark){"
        f":root{{--accent:{light};--on-accent:{_DARK_INK};--tint:{mix(light, _DARK_INK, 0.8)}}}}}"
        "@media print{:root{--accent:#000;--tint:#fff;--head:#fff}}"
    )


def mix(one: str, other: str, share: float) -> str:
    """`one` with `share` of `other` in it."""
    parts = (round(a + (b - a) * share) for a, b in zip(_parts(one), _parts(other), strict=True))
    return "#" + "".join(f"{part:02x}" for part in parts)


def lighter(colour: str, ground: str) -> str:
    """`colour` with as much white as text on `ground` needs."""
    return _until(colour, _WHITE, ground)


def darker(colour: str, ground: str) -> str:
    """`colour` with as much black as text on `ground` needs."""
    return _until(colour, "#000000", ground)


def _until(colour: str, towards: str, ground: str) -> str:
    steps = (mix(colour, towards, step / 20) for step in range(21))
    return next((each for each in steps if contrast(each, ground) >= READABLE), towards)


def _parts(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))
