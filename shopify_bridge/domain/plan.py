"""From differences to actions: what would be done, to what, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .diff import Echo, FieldChange, StockChange, failed_pictures, no_echo, product_changes, stock_changes
from .match import Match, match_variants
from .model import Product

MAX_VARIANTS, MAX_OPTIONS = 2048, 3
# What has to be there before what: a run does all of one phase before the next.
PHASES = {
    "collect": 0,
    "create": 1,
    "update": 1,
    "archive": 1,
    "delete": 1,
    "refuse": 1,
    "publish": 2,
    "unpublish": 2,
    "translate": 3,
    "retract": 3,
    "price": 4,
    "stock": 5,
    "order": 6,
    "ship": 7,
    "track": 7,
}


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

    @property
    def writes(self) -> bool:
        """Whether anything would change."""
        return self.verb != "refuse"


@dataclass(frozen=True)
class ProductPlan:
    """What one product needs: at most one write, its stock, and words for the merchant."""

    action: Action | None = None
    stock: tuple[StockChange, ...] = ()
    notes: tuple[str, ...] = ()


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


def plan_product(
    wanted: Product, match: Match, places: Mapping[str, str], echo: Echo = no_echo
) -> ProductPlan:
    """What Shopify needs to become `wanted`."""
    why = refusal(wanted) or match.refused
    if why:
        return ProductPlan(Action("refuse", wanted.key, wanted.title, why))
    seen = match.seen
    if seen is None:
        if wanted.status != "ACTIVE":
            # An unpublished product that Shopify has never seen stays where it is.
            return ProductPlan()
        return ProductPlan(Action("create", wanted.key, wanted.title, "not in Shopify yet", product=wanted))
    changes = product_changes(wanted, seen, echo)
    if seen.key != wanted.key:
        changes.insert(0, FieldChange("key", seen.key or None, wanted.key))
    reason = "differs from Saleor" if match.by == "key" else f"found by {match.by}, to be linked"
    action = None
    if changes:
        merged = _foreign_options(wanted, seen)
        if merged:
            return ProductPlan(Action("refuse", wanted.key, wanted.title, merged, gid=seen.gid))
        action = Action("update", wanted.key, wanted.title, reason, seen.gid, tuple(changes), wanted)
    failed = len(failed_pictures(seen))
    notes = (f"Shopify could not fetch {failed} of the pictures of {wanted.title}",) if failed else ()
    return ProductPlan(action, tuple(stock_changes(wanted, seen, places)), notes)


def _foreign_options(wanted: Product, seen: Product) -> str:
    """Variants the merchant added in Shopify must survive; they cannot when the options change."""
    taken = {variant.gid for variant in match_variants(wanted, seen).values()}
    foreign = [variant for variant in seen.variants if variant.gid not in taken and not variant.key]
    if foreign and wanted.options != seen.options:
        return (
            f"{len(foreign)} variants made in Shopify would be lost, as the options differ "
            f"({', '.join(seen.options)} there, {', '.join(wanted.options)} in Saleor)"
        )
    clash = {variant.values for variant in foreign} & {variant.values for variant in wanted.variants}
    if clash:
        return f"a variant made in Shopify has the option values {' / '.join(next(iter(clash)))} already"
    return ""


def plan_gone(seen: Product, why: str) -> Action | None:
    """Saleor no longer offers the product: archive the mirror, never delete it."""
    if seen.status == "ARCHIVED":
        return None
    change = FieldChange("status", seen.status, "ARCHIVED")
    return Action("archive", seen.key, seen.title, why, seen.gid, (change,))
