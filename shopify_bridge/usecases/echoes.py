"""What Shopify made of what it was sent: remembered, so that nothing is planned for ever.

Values that Shopify keeps in a form of its own, and for fields whose owner is `newest` all values, are kept
as digests of what was sent and of what became of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

from ..domain import fields
from ..domain.diff import FieldChange, plain
from ..domain.match import match_variants
from ..domain.model import Product
from ..domain.owners import Echo, Rules
from ..domain.owners import digest as value_digest
from ..domain.policy import NEWEST, SHOPIFY

# By path: the name of the field, what was sent, what became of it.
_Row = tuple[str, str, Any, Any]


def digest(text: str) -> str:
    """A short name for a text."""
    return sha256(text.encode()).hexdigest()[:24]


def of(
    wanted: Product,
    written: Product,
    rules: Rules,
    told: frozenset[str] | None = None,
    sent: frozenset[str] | None = None,
) -> dict[str, Any]:
    """The echoes after a write: those there were, without what is equal now, with what is not.

    `told`: names of the fields that `written` tells; `sent`: paths that were written. None means all. What
    was not sent and differs all the same is somebody else's doing, and no echo.
    """
    kept: dict[str, Any] = dict(rules.echo)
    for path, name, new, old in _pairs(wanted, written):
        if told is not None and name not in told:
            continue
        owner = rules.owner(name)
        if new == old and owner != NEWEST:
            kept.pop(path, None)
        elif new == old or (owner != SHOPIFY and (sent is None or path in sent)):
            kept[path] = [value_digest(new), value_digest(old)]
    return kept


def paths(changes: Iterable[FieldChange]) -> frozenset[str]:
    """The echoes' names of changes to fields."""
    return frozenset(
        f"{change.of} {change.name}".strip() if change.kind != "picture" else "pictures" for change in changes
    )


def _pairs(wanted: Product, written: Product) -> Iterator[_Row]:
    for name, value in fields.PRODUCT.items():
        yield name, name, value(wanted), value(written)
    pairs = match_variants(wanted, written)
    for variant in wanted.variants:
        found = pairs.get(variant.key)
        for name, get in fields.VARIANT.items() if found else ():
            assert found
            yield f"{variant.key} {name}", name, plain(get(variant)), plain(get(found))
    new = [(picture.key, picture.alt) for picture in wanted.pictures]
    old = [(picture.key, picture.alt) for picture in written.pictures if picture.key]
    if [key for key, _ in new] == [key for key, _ in old]:
        yield "pictures", "pictures", new, old


def attribute(echo: Echo, path: str, sent: str | None, became: str | None) -> dict[str, Any]:
    """The echoes after an attribute was written."""
    kept = {name: value for name, value in echo.items() if name != path}
    return kept if sent == became else kept | {path: [value_digest(sent), value_digest(became)]}
