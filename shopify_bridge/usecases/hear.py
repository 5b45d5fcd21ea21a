"""What a Shopify webhook means for the mirror. Its content is never believed: things are looked at again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from saleor_plugins.delivery import emit
from saleor_plugins.kernel import clock

from ..models import OPEN, Change, Kind, Level, Store, Subject
from ..models import Mapping as Twin
from ..shopify.errors import Unauthorized
from .dirty import mark
from .plan_stock import variant_key
from .sides import Sides

Payload = Mapping[str, Any]
UNKNOWN, REMOVED, FINISHED = "bridge.unknown", "bridge.removed", "bridge.bulk_finished"
_LATER = timedelta(seconds=15)
_ITEM = "item"  # of which only Shopify knows the variant


def hear(store: Store, topic: str, payload: Payload) -> None:
    """Mark what the webhook is about, in the caller's transaction. Topics nobody wants change nothing."""
    understand = TOPICS.get(topic)
    if understand:
        understand(store, payload)


def _gid(payload: Payload, kind: str) -> str:
    """Shopify's name of what the payload is about; deletions bring no more than the number."""
    given = payload.get("admin_graphql_api_id")
    if isinstance(given, str) and given.startswith(f"gid://shopify/{kind}/"):
        return given
    number = payload.get("id")
    return f"gid://shopify/{kind}/{number}" if isinstance(number, int) else ""


def _twin(kind: str, name: str, subject: str) -> Callable[[Store, Payload], None]:
    def understand(store: Store, payload: Payload) -> None:
        _look_at(store, kind, subject, _gid(payload, name))

    return understand


def _look_at(store: Store, kind: str, subject: str, gid: str) -> None:
    key = Twin.objects.filter(store=store, kind=kind, gid=gid).values_list("key", flat=True).first()
    if key:
        mark(store, subject, key, urgent=False)
    elif gid and Change.objects.filter(store=store, verb__in=("create", "collect"), state__in=OPEN).exists():
        # Perhaps what we are just making: its webhook can be here before our own note of it.
        emit(UNKNOWN, {"store": str(store.pk), "kind": kind, "subject": subject, "gid": gid}, delay=_LATER)


def known_by_now(data: Payload) -> None:
    """What was unknown when it was heard of; if it still is, it is the merchant's own."""
    if data["kind"] == _ITEM:
        store = Store.objects.get(pk=data["store"])
        if key := variant_key(Sides(store), data["gid"]):
            mark(store, data["subject"], key, urgent=False)
        return
    twin = Twin.objects.filter(store=data["store"], kind=data["kind"], gid=data["gid"]).first()
    if twin:
        mark(twin.store, data["subject"], twin.key, urgent=False)


def _level(store: Store, payload: Payload) -> None:
    item, place = payload.get("inventory_item_id"), payload.get("location_id")
    level = Level.objects.filter(
        store=store, item=f"gid://shopify/InventoryItem/{item}", location=f"gid://shopify/Location/{place}"
    ).first()
    if level:
        mark(store, Subject.STOCK, level.variant)
    elif Twin.objects.filter(store=store, kind=Kind.PLACE, gid=f"gid://shopify/Location/{place}").exists():
        gid = f"gid://shopify/InventoryItem/{item}"
        emit(UNKNOWN, {"store": str(store.pk), "kind": _ITEM, "subject": Subject.STOCK, "gid": gid})


def _finished(store: Store, payload: Payload) -> None:
    emit(FINISHED, {"store": str(store.pk), "gid": str(payload.get("admin_graphql_api_id", ""))})


def _removed(store: Store, payload: Payload) -> None:
    emit(REMOVED, {"store": str(store.pk)})


def removed(store: Store) -> None:
    """Stop working for the store when Shopify refuses our token: a webhook, perhaps days old, is no proof."""
    try:
        Sides(store).client.run("BridgeStore")
    except Unauthorized:
        Store.objects.filter(pk=store.pk, uninstalled=None).update(uninstalled=clock.now())


_PRODUCT = _twin(Kind.PRODUCT, "Product", Subject.PRODUCT)
_COLLECTION = _twin(Kind.COLLECTION, "Collection", Subject.COLLECTION)
TOPICS: Mapping[str, Callable[[Store, Payload], None]] = {
    "products/create": _PRODUCT,
    "products/update": _PRODUCT,
    "products/delete": _PRODUCT,
    "collections/create": _COLLECTION,
    "collections/update": _COLLECTION,
    "collections/delete": _COLLECTION,
    "inventory_levels/update": _level,
    "inventory_levels/connect": _level,
    "inventory_levels/disconnect": _level,
    "bulk_operations/finish": _finished,
    "app/uninstalled": _removed,
}
