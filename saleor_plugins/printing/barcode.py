"""Code 128 barcodes: ISO/IEC 15417, code sets B and C.

A symbol is a start, the data, a check value modulo 103, and a stop: bars and spaces of 1 to 4 modules.
"""

from __future__ import annotations

from collections.abc import Iterator

_TABLE = """
212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231
113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211
212123 212321 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131
113123 113321 133121 313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111
314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211
241211 221114 413111 241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141
214121 412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 211214
211232 2331112
"""
_WIDTHS = _TABLE.split()
_TO_C, _TO_B, _START_B, _START_C, _STOP = 99, 100, 104, 105, 106
QUIET = 10


def code128(text: str) -> list[tuple[int, int]]:
    """The bars of `text` as (position, width) in modules, the quiet zone of 10 on the left counted in.

    Raises ValueError for characters outside of printable ASCII and for an empty text.
    """
    values = _values(text)
    check = (values[0] + sum(place * value for place, value in enumerate(values[1:], 1))) % 103
    bars, position = [], QUIET
    for value in [*values, check, _STOP]:
        for place, width in enumerate(int(digit) for digit in _WIDTHS[value]):
            if place % 2 == 0:
                bars.append((position, width))
            position += width
    return bars


def width_of(bars: list[tuple[int, int]]) -> int:
    """The width of a barcode in modules, with both quiet zones."""
    position, width = bars[-1]
    return position + width + QUIET


def _values(text: str) -> list[int]:
    if not text or any(not 32 <= ord(char) <= 126 for char in text):
        raise ValueError("Code 128 here has printable ASCII only")
    values: list[int] = []
    for in_c, part in _runs(text):
        if values:
            values.append(_TO_C if in_c else _TO_B)
        else:
            values.append(_START_C if in_c else _START_B)
        values += (
            [int(part[at : at + 2]) for at in range(0, len(part), 2)]
            if in_c
            else [ord(char) - 32 for char in part]
        )
    return values


def _runs(text: str) -> Iterator[tuple[bool, str]]:
    """The text in runs of digits that set C packs in pairs, and the rest.

    Changing to C pays for four digits at either end of the text or for six in its middle.
    """
    rest, at = "", 0
    while at < len(text):
        end = at
        while end < len(text) and text[end].isdigit():
            end += 1
        even = (end - at) // 2 * 2
        edge = (at == 0 and not rest) or end == len(text)
        if even >= (4 if edge else 6):
            # An odd digit is said in B: before the pairs, unless they are first.
            odd = (end - at) % 2
            if odd and (rest or at > 0):
                rest, at, odd = rest + text[at], at + 1, 0
            if rest:
                yield False, rest
                rest = ""
            yield True, text[at : at + even]
            at += even
        else:
            rest, at = rest + text[at : max(end, at + 1)], max(end, at + 1)
    if rest:
        yield False, rest
