"""What the tests of stock share: setting a store up, selling in it, and looking at both sides."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from shopify_bridge.models import Kind, Level, Store

from .stock_saleor import StockSaleor


class Shops:
    """A Saleor and a Shopify store that are mirrored, with hands in both."""

    def __init__(self, saleor: StockSaleor, sandbox: Any, store: Any):
        self.saleor, self.state, self.store = saleor, sandbox.store.state, store
        self.sent: list[tuple[str, dict[str, Any]]] = []
        _count(sandbox.store, self.sent)

    def choose(self, **policy: str) -> None:
        """Set the policy."""
        self.store.policy = policy
        self.store.save()

    @property
    def calls(self) -> list[str]:
        """The operations that Shopify was asked for."""
        return [name for name, _ in self.sent]

    def location(self, place: int) -> str:
        """The location that stands for a warehouse, by position."""
        return self.store.mappings.get(kind=Kind.PLACE, key=self.saleor.warehouses[place][0]).gid

    def gid(self, variant: dict[str, Any]) -> str:
        """Shopify's variant."""
        return self.store.mappings.get(kind=Kind.VARIANT, key=variant["id"]).gid

    def item(self, variant: dict[str, Any]) -> str:
        """Shopify's inventory item."""
        doc = self.state.get(self.gid(variant))
        assert doc
        return doc["item"]

    def there(self, variant: dict[str, Any], place: int = 0) -> int | None:
        """Free units in Shopify."""
        doc = self.state.get(self.item(variant))
        level = doc["levels"].get(self.location(place)) if doc else None
        return level and level["available"]

    def change(self, variant: dict[str, Any], units: int, place: int = 0) -> None:
        """Somebody sells (below zero) or finds units in Shopify."""
        with self.state.transaction():
            doc = self.state.get(self.item(variant))
            assert doc
            doc["levels"][self.location(place)]["available"] += units
            self.state.put("InventoryItem", doc)

    def both(self, variant: dict[str, Any], place: int = 0) -> tuple[int, int | None, int | None]:
        """Free units in Saleor, in Shopify, and what is agreed on."""
        level = Level.objects.filter(
            store=self.store, variant=variant["id"], warehouse=self.saleor.warehouses[place][0]
        ).first()
        return self.saleor.free(variant, place), self.there(variant, place), level and level.agreed


def _count(shop: Any, sent: list[tuple[str, dict[str, Any]]]) -> None:
    inner: Callable[..., Any] = shop.execute

    def execute(body: dict[str, Any], *args: Any, **more: Any) -> Any:
        sent.append((body.get("operationName") or "", body.get("variables") or {}))
        return inner(body, *args, **more)

    shop.execute = execute


def keep_up(store: Any, *variants: dict[str, Any]) -> None:
    """What a webhook of either side starts: mark, look, carry out; also what was put off for later."""
    from saleor_plugins.delivery import Retry
    from shopify_bridge.shopify.errors import Unreachable
    from shopify_bridge.usecases.dirty import mark, waiting
    from shopify_bridge.usecases.sync import catch_up

    store = Store.objects.get(pk=store.pk)
    for variant in variants:
        mark(store, "stock", variant["id"])
    work()
    for row in waiting(store):
        # A worker is given it again; here the next look does it.
        with suppress(Retry, Unreachable):
            catch_up(str(row.pk))


def hear(store: Any, variant: dict[str, Any]) -> None:
    """One webhook, and what the workers do of it at once."""
    from saleor_plugins.delivery.relay import drain
    from shopify_bridge.usecases.dirty import mark

    mark(Store.objects.get(pk=store.pk), "stock", variant["id"])
    drain(strict=False)


def work() -> None:
    """Let the workers do all that waits, as if the time it waits for had come."""
    from saleor_plugins.delivery.models import Delivery
    from saleor_plugins.delivery.relay import drain
    from saleor_plugins.kernel import clock

    Delivery.objects.filter(state="PENDING").update(due_at=clock.now())
    drain(strict=False)


def resume(store: Any) -> None:
    """What `apply` does first, after a kill."""
    from shopify_bridge.usecases.progress import resume as go_on

    go_on(store)
    work()
