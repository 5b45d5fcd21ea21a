"""Where a product or collection is shown, and its texts in other languages: what has to change in Shopify.

Only publications and locales that the policy names are looked at. Texts that are in Shopify and that the
bridge did not write are the merchant's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from hashlib import sha256

from .diff import FieldChange
from .model import Collection, Product
from .owners import later
from .plan import Action
from .policy import NEWEST, SALEOR, SHOPIFY, Policy

Thing = Product | Collection
# By "locale: field", digests of what was last sent and of what Shopify made of it.
Texts = Mapping[str, Sequence[str]]
Said = Callable[[str], Texts]

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
_PUBLISHED, _TRANSLATION = "published in ", "translation "


def digest(text: str) -> str:
    """A short name for a text."""
    return sha256(text.encode()).hexdigest()[:24]


def nothing_said(key: str) -> Texts:
    """Nothing was ever written."""
    return {}


@dataclass(frozen=True)
class Ways:
    """What is special about a store.

    `automatic`: publications that show every new product by themselves. `blind`: locales that shoppers do not
    see yet; Shopify does not tell their texts with a product, and what was sent last is all that is known.
    """

    automatic: AbstractSet[str] = frozenset()
    blind: AbstractSet[str] = frozenset()


_PLAIN = Ways()


def plan_extras(
    wanted: Thing,
    seen: Thing | None,
    policy: Policy,
    said: Said = nothing_said,
    store: Ways = _PLAIN,
) -> list[Action]:
    """Publications and translations of one thing; `seen` is None when it is yet to be made.

    `said` tells, by Saleor's id, which texts the bridge wrote; it is asked only where something differs.
    `store` says what is special about publications and locales there.
    """
    if seen is None and isinstance(wanted, Product) and wanted.status != "ACTIVE":
        return []
    made = (
        *_publication(wanted, seen, policy, store.automatic),
        *_translation(wanted, seen, policy, said, store.blind),
    )
    return list(made)


def _publication(
    wanted: Thing, seen: Thing | None, policy: Policy, automatic: AbstractSet[str]
) -> Iterator[Action]:
    channels: dict[str, list[str]] = {}
    for channel, gid in policy.publications.items():
        channels.setdefault(gid, []).append(channel)
    if not _visible(wanted, seen, policy):
        return
    there, unsure = _there(wanted, seen, channels.keys(), automatic)
    show = {gid for gid, names in channels.items() if set(names) & set(wanted.published)}
    for verb, gids in (("publish", show - there), ("unpublish", (there | unsure) & channels.keys() - show)):
        if gids:
            ordered = [gid for gid in channels if gid in gids]
            fields = tuple(
                FieldChange(_PUBLISHED + ", ".join(channels[gid]), verb != "publish", verb == "publish")
                for gid in ordered
            )
            reason = "shown in Saleor" if verb == "publish" else "not shown in Saleor"
            yield _action(verb, wanted, seen, reason, fields, {"publications": ordered})


def _visible(wanted: Thing, seen: Thing | None, policy: Policy) -> bool:
    """Whether it is to be shown at all: a product that is not active is not, wherever it is published."""
    if not isinstance(wanted, Product):
        return True
    decides = seen if isinstance(seen, Product) and policy.owner("status") != SALEOR else wanted
    return decides.status == "ACTIVE"


def _there(
    wanted: Thing, seen: Thing | None, every: AbstractSet[str], automatic: AbstractSet[str]
) -> tuple[set[str], AbstractSet[str]]:
    """Where it is shown, and where it may be: Shopify does not tell that of a product that is not active."""
    if not isinstance(wanted, Product):
        return set(seen.published) if seen else set(), frozenset()
    if seen is None:
        return set(), automatic
    hidden = isinstance(seen, Product) and seen.status != "ACTIVE"
    return (set(), every) if hidden else (set(seen.published), frozenset())


def _translation(
    wanted: Thing, seen: Thing | None, policy: Policy, said: Said, blind: AbstractSet[str]
) -> Iterator[Action]:
    write: list[FieldChange] = []
    remove: list[FieldChange] = []
    record: Texts | None = None
    for language, locale in policy.locales.items():
        new, old = wanted.translations.get(language, {}), seen.translations.get(locale, {}) if seen else {}
        for name, (_, owned) in TRANSLATABLE.items():
            # Shopify translates no empty text.
            after = new.get(name, "") if _SOURCE[name](wanted) else ""
            before = old.get(name, "")
            if after == before and locale not in blind:
                continue
            record = said(wanted.key) if record is None else record
            known = record.get(f"{locale}: {name}")
            if locale in blind:
                what = _unseen(policy.owner(owned), after, known)
            else:
                what = decide(policy.owner(owned), after, before, known, _newer(wanted, seen))
            if what:
                change = FieldChange(f"{_TRANSLATION}{locale}: {name}", before or None, after or None)
                (write if what == "write" else remove).append(change)
    if write:
        yield _action("translate", wanted, seen, "texts differ", tuple(write), {})
    if remove:
        yield _action("retract", wanted, seen, "Saleor has no such text any more", tuple(remove), {})


def decide(owner: str, after: str, before: str, record: Sequence[str] | None, saleor_newer: bool) -> str:
    """`write`, `remove` or "" for a text that differs; `record` are the digests it was last equal by."""
    saleor_moved = record is None or record[0] != digest(after)
    shopify_moved = record is None or record[1] != digest(before)
    if record is not None and not saleor_moved and not shopify_moved:
        return ""
    if not after:
        ours = record is not None and (owner == SALEOR or not shopify_moved)
        return "remove" if before and ours else ""
    if owner == SHOPIFY:
        return "write" if not before and record is None else ""
    if owner == NEWEST and before:
        if record is not None and saleor_moved != shopify_moved:
            return "write" if saleor_moved else ""
        return "write" if saleor_newer else ""
    if owner == NEWEST:
        # Somebody took it away in Shopify, or it was never there.
        return "write" if record is None or saleor_moved else ""
    return "write"


def _unseen(owner: str, after: str, record: Sequence[str] | None) -> str:
    """As `decide`, of a text that Shopify does not tell."""
    if not after:
        return "remove" if record is not None else ""
    if record is None:
        return "write"
    return "write" if record[0] != digest(after) and owner != SHOPIFY else ""


def _newer(wanted: Thing, seen: Thing | None) -> bool:
    """Whether Saleor's side changed last; when nobody knows, Saleor's word counts."""
    return not later(getattr(seen, "updated", ""), getattr(wanted, "updated", ""))


def _action(
    verb: str,
    wanted: Thing,
    seen: Thing | None,
    reason: str,
    fields: tuple[FieldChange, ...],
    payload: Mapping[str, object],
) -> Action:
    kind = "collection" if isinstance(wanted, Collection) else "product"
    gid = seen.gid if seen else ""
    return Action(verb, wanted.key, wanted.title, reason, gid, fields, payload={"kind": kind, **payload})


def translated(path: str) -> tuple[str, str]:
    """The locale and the field of a planned translation."""
    locale, _, name = path.removeprefix(_TRANSLATION).partition(": ")
    return locale, name
