"""Barcodes in pages."""

from __future__ import annotations

from django.utils.safestring import SafeString, mark_safe

from .barcode import code128, width_of


def bars(text: str) -> SafeString:
    """A barcode as SVG: numbers only, so nothing in it can be anything else."""
    found = code128(text)
    path = "".join(f"M{at} 0h{width}v1h-{width}z" for at, width in found)
    return mark_safe(  # noqa: S308
        f'<svg class="bars" viewBox="0 0 {width_of(found)} 1" preserveAspectRatio="none" '
        f'aria-hidden="true"><path d="{path}"/></svg>'
    )
