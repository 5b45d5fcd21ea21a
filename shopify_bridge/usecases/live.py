"""One product looked up in the store itself, where a plan has all of them in its spool."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..domain.match import base
from ..domain.model import Product
from ..models import Kind
from .sides import Sides
from .spool import Known


class Live:
    """See `spool.Spool`."""

    def __init__(self, sides: Sides):
        self._sides = sides

    def known(self, key: str) -> Known:
        """What our tables know of a product."""
        row = self._sides.mappings(Kind.PRODUCT).filter(key=key).values_list("gid", "echo").first()
        return Known(*row) if row else Known()

    def parts_of(self, key: str) -> list[str]:
        """The keys of the parts of a split product that are in Shopify."""
        rows = self._sides.mappings(Kind.PRODUCT).filter(key__startswith=f"{key}#")
        return list(rows.values_list("key", flat=True))

    def take(self, *, key: str, gid: str = "") -> Product | None:
        """The product with our key, else the one with that gid unless it carries another key."""
        self._sides.know_pictures(key)
        found = self._sides.reader.product(gid) if gid else None
        if found and found.key == key:
            return found
        other = self._sides.reader.product_by_key(key) if self.defined else None
        return other or (found if found and not found.key else None)

    @property
    def defined(self) -> bool:
        """Whether Shopify knows custom ids of products."""
        return self._sides.reader.defined("PRODUCT")

    def with_skus(self, skus: Iterable[str]) -> Iterator[Product]:
        """The products that have one of `skus`, however it is written."""
        yield from self._sides.reader.products_with(list(skus))

    def use(self, product: Product) -> None:
        """Nothing to count."""

    def used(self, product: Product) -> bool:
        """Whether a product is another's already, of one that Saleor still has."""
        rows = self._sides.mappings(Kind.PRODUCT).filter(gid=product.gid)
        key = rows.values_list("key", flat=True).first()
        return bool(key) and key != product.key and self._sides.source.exists(base(key))

    def handled(self, handle: str) -> bool:
        """Not asked; a handle that is taken is found out when it is written."""
        return False
