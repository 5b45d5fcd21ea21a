"""QR codes: ISO/IEC 18004, with segno (BSD). Level M: 15 % of it may be dirty or torn."""

from __future__ import annotations

from django.utils.safestring import SafeString, mark_safe

# Modules of white around it that scanners need.
QUIET = 4


def qr_runs(text: str) -> tuple[int, list[tuple[int, int, int]]]:
    """The code's side in modules, the quiet zone counted in, and its dark runs as (x, y, width)."""
    import segno

    code = segno.make_qr(text, error="m")
    runs: list[tuple[int, int, int]] = []
    for y, row in enumerate(code.matrix, QUIET):
        x = QUIET
        for dark, width in _lengths(row):
            if dark:
                runs.append((x, y, width))
            x += width
    return len(code.matrix) + 2 * QUIET, runs


def qr(text: str) -> SafeString:
    """The code as SVG: numbers only, so nothing in it can be anything else; white where it is not dark."""
    side, runs = qr_runs(text)
    path = "".join(f"M{x} {y}h{width}v1h-{width}z" for x, y, width in runs)
    return mark_safe(  # noqa: S308
        f'<svg class="qr" viewBox="0 0 {side} {side}" shape-rendering="crispEdges" aria-hidden="true">'
        f'<path class="light" d="M0 0h{side}v{side}h-{side}z"/><path class="dark" d="{path}"/></svg>'
    )


def _lengths(row: bytearray) -> list[tuple[bool, int]]:
    found: list[tuple[bool, int]] = []
    for module in row:
        if found and found[-1][0] == bool(module):
            found[-1] = (bool(module), found[-1][1] + 1)
        else:
            found.append((bool(module), 1))
    return found
