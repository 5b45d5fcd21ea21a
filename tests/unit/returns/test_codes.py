"""Codes that people copy from a mail."""

from __future__ import annotations

import hashlib
from collections import Counter

import pytest

from saleor_plugins.returns.domain import codes


def test_all_letters_are_as_likely_in_all_places() -> None:
    made = [codes.code_of(hashlib.sha256(f"{i}".encode()).digest()) for i in range(20_000)]
    assert len(set(made)) == len(made)
    for place in range(codes.LENGTH):
        found = Counter(code[place] for code in made)
        assert set(found) == set(codes.ALPHABET)
        # 1,000 each; 160 are five standard deviations.
        assert all(abs(count - 1000) < 160 for count in found.values())


def test_no_two_letters_look_alike() -> None:
    for pair in ("0O", "1I", "1L", "B8", "S5", "Z2", "UV"):
        assert not set(pair) <= set(codes.ALPHABET)


@pytest.mark.parametrize("text", ["9CHX-2F4M", "9chx2f4m", " 9chx 2f4m ", "9 C H X - 2 F 4 M", "9chx–2f4m"])
def test_what_people_type(text: str) -> None:
    assert codes.typed(text) == "9CHX2F4M"
    assert codes.typed(codes.shown("9CHX2F4M")) == "9CHX2F4M"


@pytest.mark.parametrize("text", ["", " - ", "9CHX-2F4M2", "9CHX", "x" * 10_000])
def test_what_fits_no_code(text: str) -> None:
    assert codes.typed(text) != "9CHX2F4M"
    assert len(codes.typed(text)) <= codes.LENGTH + 1
