"""Texts in other languages: whose word counts, field by field.

Texts that are in Shopify and that the bridge did not write are the merchant's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from hashlib import sha256

from .diff import FieldChange
from .model import Collection, Product
from .owners import later
from .policy import NEWEST, SALEOR, SHOPIFY, Policy

Thing = Product | Collection
# By "locale: field", digests of what was last sent and of what Shopify made of it.
Texts = Mapping[str, Sequence[str]]

# Shopify's key of each text that can be translated, and the field whose owner it follows.
TRANSLATABLE = {
    "title": ("title", "title"),
    "description": ("body_html", "description"),
    "seo title": ("meta_title", "seo"),
    "seo description": ("meta_description", "seo"),
}
_SOURCE: Mapping[str, Callable[[Thing], str]] = {
    "title": lambda thing: thing.title,
    "description": lambda thing: thing.html,
    "seo title": lambda thing: thing.seo_title,
    "seo description": lambda thing: thing.seo_description,
}
_PATH = "translation "
WRITE, REMOVE = "write", "remove"


@dataclass(frozen=True)
class Text:
    """A text of Saleor's beside Shopify's in one locale. `stale`: what it translates is about to change.

    `blind`: Shopify does not tell its text, because shoppers do not see the language yet.
    """

    locale: str
    name: str
    after: str
    before: str
    owner: str
    stale: bool = False
    blind: bool = False

    @property
    def path(self) -> str:
        """How it is named beside others of the same thing."""
        return f"{self.locale}: {self.name}"

    @property
    def same(self) -> bool:
        """Whether there is nothing to think about."""
        return self.after == self.before and not self.stale and not self.blind

    def change(self) -> FieldChange:
        """For the plan."""
        return FieldChange(_PATH + self.path, self.before or None, self.after or None, self.owner)


def digest(text: str) -> str:
    """A short name for a text."""
    return sha256(text.encode()).hexdigest()[:24]


def translated(path: str) -> tuple[str, str]:
    """The locale and the field of a planned translation."""
    locale, _, name = path.removeprefix(_PATH).partition(": ")
    return locale, name


def texts(
    wanted: Thing, seen: Thing | None, policy: Policy, changed: AbstractSet[str], blind: AbstractSet[str]
) -> Iterator[Text]:
    """All texts that the policy names; `changed` are the fields that the plan writes."""
    for language, locale in policy.locales.items():
        new, old = wanted.translations.get(language, {}), seen.translations.get(locale, {}) if seen else {}
        for name, (_, owned) in TRANSLATABLE.items():
            # Shopify translates no empty text.
            after = new.get(name, "") if _SOURCE[name](wanted) else ""
            stale = bool(seen and after) and name in changed
            yield Text(locale, name, after, old.get(name, ""), policy.owner(owned), stale, locale in blind)


def what_to_do(text: Text, record: Sequence[str] | None, saleor_newer: bool) -> str:
    """WRITE, REMOVE or ""; `record` are the digests it was last equal by."""
    if text.stale and text.owner == SALEOR:
        # The same words again, for Shopify counts them as outdated otherwise.
        return WRITE
    if text.blind:
        return _unseen(text.owner, text.after, record)
    if text.after == text.before:
        return ""
    return decide(text.owner, text.after, text.before, record, saleor_newer)


def decide(owner: str, after: str, before: str, record: Sequence[str] | None, saleor_newer: bool) -> str:
    """WRITE, REMOVE or "" for a text that differs."""
    saleor_moved = record is None or record[0] != digest(after)
    shopify_moved = record is None or record[1] != digest(before)
    if record is not None and not saleor_moved and not shopify_moved:
        return ""
    if not after:
        ours = record is not None and (owner == SALEOR or not shopify_moved)
        return REMOVE if before and ours else ""
    if owner == SHOPIFY:
        return WRITE if not before and record is None else ""
    if owner == NEWEST and before:
        if record is not None and saleor_moved != shopify_moved:
            return WRITE if saleor_moved else ""
        return WRITE if saleor_newer else ""
    if owner == NEWEST:
        # Somebody took it away in Shopify, or it was never there.
        return WRITE if record is None or saleor_moved else ""
    return WRITE


def _unseen(owner: str, after: str, record: Sequence[str] | None) -> str:
    """As `decide`, of a text that Shopify does not tell."""
    if not after:
        return REMOVE if record is not None else ""
    if record is None:
        return WRITE
    return WRITE if record[0] != digest(after) and owner != SHOPIFY else ""


def newer(wanted: Thing, seen: Thing | None) -> bool:
    """Whether Saleor's side changed last; when nobody knows, Saleor's word counts."""
    return not later(getattr(seen, "updated", ""), getattr(wanted, "updated", ""))
