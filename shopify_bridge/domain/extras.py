"""Where a product or collection is shown, and its texts in other languages: what has to change in Shopify.

Only publications and locales that the policy names are looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from .diff import FieldChange
from .model import Collection, Product
from .plan import Action
from .policy import SALEOR, Policy
from .texts import REMOVE, WRITE, Text, Texts, Thing, newer, texts, what_to_do

Said = Callable[[str], Texts]
_PUBLISHED = "published in "


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
    changed: AbstractSet[str] = frozenset(),
) -> list[Action]:
    """Publications and translations of one thing; `seen` is None when it is yet to be made.

    `said` tells, by Saleor's id, which texts the bridge wrote; it is asked only where something differs.
    `store` says what is special about publications and locales there. `changed` are the fields of the thing
    itself that the plan writes.
    """
    if seen is None and isinstance(wanted, Product) and wanted.status != "ACTIVE":
        return []
    made = (
        *_publication(wanted, seen, policy, store.automatic),
        *_translation(wanted, seen, policy, said, changed, store.blind),
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
    wanted: Thing,
    seen: Thing | None,
    policy: Policy,
    said: Said,
    changed: AbstractSet[str],
    blind: AbstractSet[str],
) -> Iterator[Action]:
    todo: dict[str, list[Text]] = {WRITE: [], REMOVE: []}
    open_texts = [text for text in texts(wanted, seen, policy, changed, blind) if not text.same]
    # What was written to a twin that is gone does not count for the one that is made.
    record = said(wanted.key) if open_texts and seen else {}
    for text in open_texts:
        what = what_to_do(text, record.get(text.path), newer(wanted, seen))
        if what:
            todo[what].append(text)
    if found := todo[WRITE]:
        again = [text.path for text in found if text.stale]
        fields = tuple(text.change() for text in found)
        yield _action("translate", wanted, seen, "texts differ", fields, {"again": again} if again else {})
    if found := todo[REMOVE]:
        fields = tuple(text.change() for text in found)
        yield _action("retract", wanted, seen, "Saleor has no such text any more", fields, {})


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
