"""From differences to actions: what would be done, to what, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .diff import Difference, FieldChange, difference, failed_pictures
from .match import Match, match_variants
from .model import Product
from .owners import Rules
from .split import MAX_OPTIONS, MAX_VARIANTS
from .steps import steps

# What has to be there before what: a run does all of one phase before the next.
PHASES = {
    "collect": 0,
    "release": 0,
    "create": 1,
    "update": 1,
    "archive": 1,
    "delete": 1,
    "refuse": 1,
    "describe": 2,
    "join": 2,
    "publish": 2,
    "unpublish": 2,
    "translate": 3,
    "retract": 4,
    "price": 4,
    "stock": 5,
    "take": 6,
    "order": 7,
    "ship": 8,
    "track": 8,
}
# What productSet does not write of a product that is there, as it would replace the merchant's metafields
# and memberships with ours.
APART = ("key", "attribute", "collection")


@dataclass(frozen=True)
class Action:
    """One thing to do in Shopify, or (`refuse`) one that cannot be done, with the reason.

    `verb` is one of `PHASES`. `key` is Saleor's id.
    """

    verb: str
    key: str
    label: str
    reason: str
    gid: str = ""
    fields: tuple[FieldChange, ...] = ()
    product: Product | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)
    seen: Product | None = None

    @property
    def writes(self) -> bool:
        """Whether anything would change."""
        return self.verb != "refuse"


@dataclass(frozen=True)
class ProductPlan:
    """What one product needs: actions, and words for the merchant. `linked`: it was found by its SKU.

    `bases`: what to remember of fields that need no write.
    """

    actions: tuple[Action, ...] = ()
    notes: tuple[str, ...] = ()
    linked: bool = False
    bases: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def refused(self) -> bool:
        """Whether it cannot be mirrored as it is."""
        return any(action.verb == "refuse" for action in self.actions)


def refusal(product: Product) -> str:
    """Why Shopify cannot hold this product, or ""."""
    if product.refused:
        return product.refused
    if not product.variants:
        return "it has no variants"
    if len(product.variants) > MAX_VARIANTS:
        return f"it has {len(product.variants)} variants, Shopify takes {MAX_VARIANTS}"
    if len(product.options) > MAX_OPTIONS:
        names = ", ".join(product.options)
        return f"it has {len(product.options)} options ({names}), Shopify takes {MAX_OPTIONS}"
    if len({variant.values for variant in product.variants}) < len(product.variants):
        return "two of its variants have the same option values"
    return ""


def plan_product(wanted: Product, match: Match, rules: Rules | None = None) -> ProductPlan:
    """What Shopify needs to become `wanted`."""
    seen = match.seen
    if why := refusal(wanted) or match.refused:
        return _refuse(wanted, why, seen)
    if seen is None:
        if wanted.status != "ACTIVE":
            # An unpublished product that Shopify has never seen stays where it is.
            return ProductPlan()
        return ProductPlan(
            (Action("create", wanted.key, wanted.title, "not in Shopify yet", product=wanted),)
        )
    found = difference(wanted, seen, rules)
    if why := _foreign_options(wanted, seen, found):
        return _refuse(wanted, why, seen)
    reason = "differs from Saleor" if match.by == "key" else f"found by {match.by}, to be linked"
    actions = tuple(_actions(wanted, seen, found, reason))
    return ProductPlan(actions, tuple(_notes(seen, found)), match.by != "key", found.bases)


def _refuse(wanted: Product, why: str, seen: Product | None) -> ProductPlan:
    return ProductPlan((Action("refuse", wanted.key, wanted.title, why, gid=seen.gid if seen else ""),))


def _actions(wanted: Product, seen: Product, found: Difference, reason: str) -> Iterator[Action]:
    moved = tuple(change for change in found.changes if change.kind == "collection")
    apart = tuple(change for change in found.changes if change.kind in ("key", "attribute"))
    others = tuple(change for change in found.changes if change.kind not in APART)
    if others:
        yield Action(
            "update",
            wanted.key,
            wanted.title,
            reason,
            seen.gid,
            others,
            wanted,
            {"updated": seen.updated, "steps": list(steps(wanted, seen, others))},
            seen,
        )
    # New variants and what they carry are written with the product.
    if apart:
        yield Action(
            "describe",
            wanted.key,
            wanted.title,
            reason,
            seen.gid,
            apart,
            payload=_metafields(wanted, seen, apart),
        )
    if moved:
        joined, left = ([c.of for c in moved if bool(c.after) is into] for into in (True, False))
        payload = {"join": joined, "leave": left}
        yield Action("join", wanted.key, wanted.title, reason, seen.gid, moved, payload=payload)


def _metafields(wanted: Product, seen: Product, changes: tuple[FieldChange, ...]) -> dict[str, Any]:
    """What metafieldsSet and metafieldsDelete are given: the owner, the value, the digest it replaces."""
    pairs = match_variants(wanted, seen)
    owners: dict[str, tuple[Any, Any]] = {"": (wanted, seen)}
    owners |= {
        variant.key: (variant, pairs[variant.key]) for variant in wanted.variants if variant.key in pairs
    }
    rows = []
    for change in changes:
        ours, theirs = owners[change.of]
        row = {"owner": theirs.gid, "path": change.path, "before": change.before, "value": change.after}
        if change.kind == "attribute":
            fields = {item.key: item for item in (*theirs.metafields, *ours.metafields)}
            old = {item.key: item.digest for item in theirs.metafields}
            row |= {
                "key": change.name,
                "type": fields[change.name].type,
                "digest": old.get(change.name) or None,
            }
        rows.append(row | {"echo": f"{change.of} attribute {change.name}"})
    return {"metafields": rows}


def _notes(seen: Product, found: Difference) -> Iterator[str]:
    yield from found.notes
    for change in found.kept:
        yield f"{seen.title}: {change.path} is left as it is in Shopify ({change.owner}'s)"
    if failed := len(failed_pictures(seen)):
        yield f"Shopify could not fetch {failed} of the pictures of {seen.title}"


def _foreign_options(wanted: Product, seen: Product, found: Difference) -> str:
    """Variants the merchant added in Shopify must survive; they cannot when the options change."""
    taken = {variant.gid for variant in match_variants(wanted, seen).values()}
    foreign = [variant for variant in seen.variants if variant.gid not in taken and not variant.key]
    if not foreign or not any(change.kind in ("option", "variant") for change in found.changes):
        return ""
    if wanted.options != seen.options:
        return (
            f"{len(foreign)} variants made in Shopify would be lost, as the options differ "
            f"({', '.join(seen.options)} there, {', '.join(wanted.options)} in Saleor)"
        )
    clash = {variant.values for variant in foreign} & {variant.values for variant in wanted.variants}
    if clash:
        return f"a variant made in Shopify has the option values {' / '.join(next(iter(clash)))} already"
    if len(foreign) + len(wanted.variants) > MAX_VARIANTS:
        return f"with {len(foreign)} variants made in Shopify it has more than {MAX_VARIANTS}"
    return ""


def plan_gone(seen: Product, why: str, gone: str = "archive") -> Action | None:
    """Saleor no longer offers the product: by policy its mirror is archived, deleted or left alone.

    A mirror that holds variants or pictures of the merchant is never deleted.
    """
    if gone == "leave":
        return None
    theirs = has_merchants(seen)
    if gone == "delete" and not theirs:
        change = FieldChange("product", "there", None)
        return Action(
            "delete", seen.key, seen.title, why, seen.gid, (change,), payload={"updated": seen.updated}
        )
    if seen.status == "ARCHIVED":
        return None
    change = FieldChange("status", seen.status, "ARCHIVED")
    return Action("archive", seen.key, seen.title, why, seen.gid, (change,))


def has_merchants(seen: Product) -> bool:
    """Whether a mirror holds variants or pictures of the merchant."""
    return not all(variant.key for variant in seen.variants) or not all(p.key for p in seen.pictures)


def plan_release(seen: Product) -> Action:
    """The product is mirrored in other parts now: this one is archived and gives its keys back."""
    changes = (FieldChange("status", seen.status, "ARCHIVED"), FieldChange("key", seen.key, None))
    owners = [seen.gid, *(variant.gid for variant in seen.variants if variant.key)]
    reason = "mirrored in other parts now"
    return Action("release", seen.key, seen.title, reason, seen.gid, changes, payload={"owners": owners})
