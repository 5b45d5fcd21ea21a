"""QR codes are what segno says, white around, with nothing in them but numbers."""

from __future__ import annotations

import re

import segno

from saleor_plugins.printing.qr import QUIET, qr, qr_runs


def test_every_dark_module_is_in_a_run_and_no_other() -> None:
    for text in ("1234-R1", "x" * 200, "ÄÖÜ żółw"):
        matrix = segno.make_qr(text, error="m").matrix
        side, runs = qr_runs(text)
        assert side == len(matrix) + 2 * QUIET
        dark = [(x + i - QUIET, y - QUIET) for x, y, width in runs for i in range(width)]
        wanted = {(x, y) for y, row in enumerate(matrix) for x, module in enumerate(row) if module}
        assert set(dark) == wanted and len(dark) == len(wanted)


def test_svg_holds_numbers_only() -> None:
    svg = qr('"><script>alert(1)</script>')
    paths = re.findall(r' d="([^"]*)"', svg)
    assert len(paths) == 2 and all(re.fullmatch(r"[Mhvz0-9 -]+", path) for path in paths)
    assert "script" not in svg
