"""Codes that people copy from a mail: short, without look-alikes, never a word."""

from __future__ import annotations

from datetime import timedelta

# The digits and letters of Open Location Code: no vowels, nothing that is mistaken for another.
ALPHABET = "23456789CFGHJMPQRVWX"
LENGTH = 8
LIFETIME = timedelta(minutes=15)
# Of 2.6 * 10^10 codes.
ATTEMPTS = 5
# Codes mailed for one order within an hour.
MAILS = 3
HOUR = timedelta(hours=1)


def code_of(digest: bytes) -> str:
    """A code made of a random digest of 16 bytes or more."""
    number, code = int.from_bytes(digest, "big"), ""
    for _ in range(LENGTH):
        number, index = divmod(number, len(ALPHABET))
        code += ALPHABET[index]
    return code


def shown(code: str) -> str:
    """As a mail shows it: ``9CHX-2F4M``."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def typed(text: str) -> str:
    """What somebody typed, without spaces and dashes, in capitals; cut where no code is that long."""
    return "".join(char for char in text[:100].upper() if char.isalnum())[: LENGTH + 1]
