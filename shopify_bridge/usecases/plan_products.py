"""What each product needs: matched, compared, and all that hangs on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Protocol

from ..domain.match import Match, base, match_product, unkeyed
from ..domain.model import Product
from ..domain.owners import Rules
from ..domain.partial import completed
from ..domain.plan import Action, plan_product
from ..domain.split import parts
from ..domain.tidy import tidy
from ..models import Kind
from .notes import Linked, Notes
from .plan_collections import collection_gids
from .plan_extras import Extras
from .plan_prices import Prices
from .plan_stock import Stock
from .sides import Sides
from .spool import Known


class Lookup(Protocol):
    """Where products of the store are found: a spool of all, or the store itself."""

    def known(self, key: str) -> Known:
        """What our tables know of a product."""

    def parts_of(self, key: str) -> list[str]:
        """The keys of the parts of a split product that are in Shopify."""

    def take(self, *, key: str, gid: str = "") -> Product | None:
        """The product with our key, else the one with that gid."""

    def with_skus(self, skus: Iterable[str]) -> Iterator[Product]:
        """The products that have one of `skus`, however it is written."""

    def use(self, product: Product) -> None:
        """Count a product as used."""

    def used(self, product: Product) -> bool:
        """Whether a product is another's already."""

    def handled(self, handle: str) -> bool:
        """Whether a product has that handle."""


class Products:
    """Plans product by product. `coming`: Saleor's ids of collections that are yet to be made; `whole`: all
    products are planned, not only a few."""

    def __init__(
        self, sides: Sides, there: Lookup, notes: Notes, coming: Iterable[str] = (), *, whole: bool = True
    ):
        self._sides, self._there, self._notes = sides, there, notes
        known = collection_gids(sides)
        self._ours = {gid: key for key, gid in known.items()}
        self._coming = frozenset([*known, *coming])
        self.extras = Extras(sides)
        self.prices, self.stock = Prices(sides, whole=whole), Stock(sides)

    def parts(self, wanted: Product) -> list[Product]:
        """The product as Shopify is to have it, in parts where the policy splits it."""
        if self._sides.policy.too_many != "split":
            return [tidy(wanted)]
        return [tidy(part) for part in parts(wanted, self._there.parts_of(wanted.key))]

    def plan(self, wanted: Product) -> Iterator[Action]:
        """The actions for one product or part, with its publications and translations; prices and stock
        are gathered."""
        known = self._there.known(wanted.key)
        match = self._match(wanted, known)
        if wanted.partial and match.seen:
            wanted = completed(wanted, match.seen)
        if match.seen is None and wanted.handle and self._there.handled(wanted.handle):
            # Shopify makes one of the title.
            wanted = replace(wanted, handle="")
        rules = Rules(self._sides.policy, known.echo or {}, self._ours, self._coming)
        planned = plan_product(wanted, match, rules)
        for line in planned.notes:
            self._notes.say(line)
        if planned.linked and match.seen:
            self._link(wanted, match.seen, planned.actions)
        if planned.bases and known.gid:
            echo = {**(known.echo or {}), **planned.bases}
            self._sides.mappings(Kind.PRODUCT).filter(key=wanted.key, gid=known.gid).update(echo=echo)
        for action in planned.actions:
            self._notes.counts[action.verb] += 1
            yield action
        if planned.refused or (match.seen is None and not planned.actions):
            return
        changed = frozenset(change.path for action in planned.actions for change in action.fields)
        yield from self.extras.add(wanted, match.seen, changed)
        self.prices.add(wanted, match.seen)
        if match.seen:
            # A new product is stocked as it is made.
            self.stock.add(wanted, match.seen)

    def _with_skus(self, wanted: Product) -> Iterator[Product]:
        """Products that share a SKU; a mirror of what Saleor has no more is free to be taken over."""
        mine = {variant.sku for variant in wanted.variants if variant.sku}
        for found in self._there.with_skus(mine):
            shared = mine & {variant.sku for variant in found.variants}
            other = shared and found.key and base(found.key) != base(wanted.key)
            if other and not self._there.used(found) and not self._sides.source.exists(base(found.key)):
                found = unkeyed(found)
            yield found

    def _link(self, wanted: Product, seen: Product, actions: tuple[Action, ...]) -> None:
        changes = sum(len(action.fields) for action in actions)
        self._notes.link(Linked(wanted.key, wanted.title, seen.gid, seen.title, changes))

    def _match(self, wanted: Product, known: Known) -> Match:
        by_key = self._there.take(key=wanted.key, gid=known.gid or "")
        if by_key:
            return Match(by_key, "key")
        match = match_product(wanted, None, self._with_skus(wanted))
        if match.seen and self._there.used(match.seen):
            return Match(refused=f"a SKU of it is in “{match.seen.title}”, which mirrors another product")
        if match.seen:
            self._there.use(match.seen)
        return match
