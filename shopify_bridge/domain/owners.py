"""Whose word counts for a field that differs, and what Shopify made of the words it was sent.

For each field that Shopify keeps in a form of its own, or whose owner is `newest`, the digests of what was
sent last and of what it became are kept. Both unchanged: nothing is to be done, however different they look.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from . import fields
from .policy import NEWEST, SALEOR, SHOPIFY, Policy

# By path: digest of what Saleor said, digest of what Shopify had, when they were last made equal.
Echo = Mapping[str, Any]


def digest(value: Any) -> str:
    """A short name for a value."""
    return sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:24]


@dataclass(frozen=True)
class Rules:
    """What comparing has to know besides the two sides.

    `ours`: Saleor's id by gid, of the collections that mirror Saleor's. `coming`: Saleor's ids of those that
    are there or will be.
    """

    policy: Policy = field(default_factory=Policy)
    echo: Echo = field(default_factory=dict)
    ours: Mapping[str, str] = field(default_factory=dict)
    coming: frozenset[str] = frozenset()

    def owner(self, name: str) -> str:
        """Whose word counts for a field."""
        known = fields.OWNED_AS.get(name)
        return self.policy.owner(known) if known else SALEOR

    def settled(self, name: str, wanted: Any, seen: Any) -> bool:
        """Whether nothing is to be said of a field: it is equal, and nobody has to remember that."""
        return wanted == seen and self.owner(name) != NEWEST

    def verdict(self, path: str, name: str, wanted: Any, seen: Any, times: tuple[str, str]) -> str:
        """`""` when there is nothing to do, SALEOR to write, SHOPIFY to leave Shopify's value alone.

        `times`: when Saleor and Shopify last changed it, ISO 8601 or "".
        """
        if wanted == seen:
            return ""
        owner, known = self.owner(name), self.echo.get(path)
        if owner == SHOPIFY:
            return SHOPIFY
        here, there = digest(wanted), digest(seen)
        if known == [here, there]:
            return ""
        if owner != NEWEST:
            return SALEOR
        if known and known[0] == here:
            return SHOPIFY
        if known and known[1] == there:
            return SALEOR
        return SHOPIFY if later(times[1], times[0]) else SALEOR

    def base(self, path: str, name: str, wanted: Any, seen: Any, verdict: str) -> list[str] | None:
        """What to remember of a field that needs no write, so that the next change on either side is seen as
        one; None when that is known, or nobody asks."""
        if self.owner(name) != NEWEST or not (wanted == seen or verdict == SHOPIFY):
            return None
        both = [digest(wanted), digest(seen)]
        return None if self.echo.get(path) == both else both


def later(one: str, other: str) -> bool:
    """Whether the moment `one` is after `other`; a moment that is not known is before every other."""
    return _moment(one) > _moment(other)


def _moment(text: str) -> datetime:
    if not text:
        return datetime.min.replace(tzinfo=UTC)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
