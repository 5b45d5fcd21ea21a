"""Webhook subscriptions of the app, and what its topics are told.

Assumed: only the store's own machine and https are called; a subscription with a `filter` is refused, as
filters are not carried out here.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from . import webhook_payloads as payloads
from .deliveries import Deliveries, Delivery
from .errors import UserError
from .faults import Faults
from .state import Changes, Doc, State, instant
from .webhook_orders import order

Event = tuple[str, Doc]
# Which documents have to be looked at for a topic's family.
_WATCHED = {
    "products": "Product",
    "collections": "Collection",
    "inventory_levels": "InventoryItem",
    "locations": "Location",
    "orders": "Order",
    "bulk_operations": "BulkOperation",
}
TOPICS = {
    topic.upper().replace("/", "_"): topic
    for topic in (
        *(
            f"{kind}/{what}"
            for kind in ("products", "collections")
            for what in ("create", "update", "delete")
        ),
        *(f"inventory_levels/{what}" for what in ("connect", "update", "disconnect")),
        *(f"locations/{what}" for what in ("create", "update", "delete", "activate", "deactivate")),
        *(f"orders/{what}" for what in ("create", "updated", "cancelled", "paid", "delete")),
        "bulk_operations/finish",
        "app/uninstalled",
    )
}
_DONE = ("COMPLETED", "FAILED", "CANCELED", "EXPIRED")


class Webhooks:
    """Turns what changed in the store into deliveries to those who subscribed."""

    def __init__(self, state: State, shop: Any, faults: Faults, deliveries: Deliveries):
        self.state, self.shop, self.faults, self.deliveries = state, shop, faults, deliveries
        deliveries.give_up = self._drop
        state.watch = self.changed
        self._look()

    def create(self, topic: str, given: Doc) -> Doc:
        """webhookSubscriptionCreate."""
        if topic not in TOPICS:
            raise UserError("The local store does not send this topic.", "topic")
        self._check(given, topic, None)
        now = instant()
        doc: Doc = {
            "id": self.state.gid("WebhookSubscription"),
            "topic": topic,
            "format": "JSON",
            "filter": None,
            "includeFields": [],
            "metafieldNamespaces": [],
            "name": None,
            "createdAt": now,
        }
        return self._save(doc, given)

    def update(self, gid: str, given: Doc) -> Doc:
        """webhookSubscriptionUpdate."""
        doc = self._get(gid)
        self._check(doc | given, doc["topic"], gid)
        return self._save(doc, given)

    def delete(self, gid: str) -> str:
        """webhookSubscriptionDelete."""
        self._get(gid)
        self.state.delete(gid)
        self._look()
        return gid

    def all(self) -> list[Doc]:
        """The subscriptions, oldest first."""
        return [doc for _, doc in self.state.page("WebhookSubscription", 0, 10_000)]

    def changed(self, changes: Changes) -> None:
        """Tell the subscribers about a transaction that was committed."""
        for kind, before, after in changes.values():
            for topic, payload in self._events(kind, before, after):
                self.send(topic, payload)

    def send(self, topic: str, payload: Doc) -> None:
        """Deliver one event to each of its subscribers."""
        name, event, now = topic.upper().replace("/", "_"), secrets.token_hex(16), instant()
        for doc in self.all():
            if doc["topic"] == name:
                only = doc["includeFields"]
                shown = {key: value for key, value in payload.items() if not only or key in only}
                self._hand_over(Delivery(doc["id"], doc["uri"], topic, event, now, shown, doc["name"]))

    def _hand_over(self, delivery: Delivery) -> None:
        faults = self.faults
        if faults.chance("webhook_lost"):
            self.deliveries.lose(delivery)
            return
        wait = faults.webhook_late_seconds if faults.chance("webhook_late") else 0.0
        if faults.webhook_shuffled:
            wait += faults.moment()
        self.deliveries.add(delivery, wait)
        if faults.chance("webhook_duplicate"):
            self.deliveries.add(delivery.again(), wait)
        if faults.chance("webhook_twins"):
            self.deliveries.add(delivery.twin(), wait)

    def _events(self, kind: str, before: Doc | None, after: Doc | None) -> Iterator[Event]:
        if kind == "InventoryItem":
            yield from _levels(before, after)
        elif kind == "BulkOperation":
            if after and after["status"] in _DONE and before and before["status"] not in _DONE:
                yield "bulk_operations/finish", payloads.bulk_operation(after)
        elif kind == "Location":
            yield from _location(before, after)
        elif kind == "Order":
            yield from self._order(before, after)
        else:
            family = {"Product": "products", "Collection": "collections"}[kind]
            if after is None:
                assert before
                yield f"{family}/delete", payloads.gone(kind, before)
            else:
                show = payloads.product if kind == "Product" else payloads.collection
                yield (
                    f"{family}/{'update' if before else 'create'}",
                    show(self.state, after, self.shop.base_url),
                )

    def _order(self, before: Doc | None, after: Doc | None) -> Iterator[Event]:
        if after is None:
            assert before
            yield "orders/delete", payloads.gone("Order", before)
            return
        shown = order(self.state, after, self.shop.base_url)
        yield ("orders/updated" if before else "orders/create"), shown
        for topic, name in (("paid", "displayFinancialStatus"), ("cancelled", "cancelledAt")):
            now, was = after.get(name), (before or {}).get(name)
            if now != was and (topic == "cancelled" or now == "PAID"):
                yield f"orders/{topic}", shown

    def _get(self, gid: str) -> Doc:
        doc = self.state.get(gid)
        if doc is None or "topic" not in doc:
            raise UserError("Webhook subscription does not exist", "id")
        return doc

    def _check(self, given: Doc, topic: str, own: str | None) -> None:
        where = ("webhookSubscription", "uri")
        parts = urlsplit(given.get("uri") or "")
        local = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
        if not parts.hostname or not (local or parts.scheme == "https"):
            raise UserError("Address is invalid", *where)
        if given.get("filter") or given.get("metafieldNamespaces"):
            raise UserError(
                "The local store cannot filter or add metafields.", "webhookSubscription", "filter"
            )
        if given.get("format") == "XML":
            raise UserError("The local store sends JSON.", "webhookSubscription", "format")
        for doc in self.all():
            if doc["id"] != own and (doc["topic"], doc["uri"]) == (topic, given["uri"]):
                raise UserError("Address for this topic has already been taken", *where)

    def _save(self, doc: Doc, given: Doc) -> Doc:
        known = {name: value for name, value in given.items() if value is not None}
        saved = self.state.put("WebhookSubscription", doc | known | {"updatedAt": instant()})
        self._look()
        return saved

    def _drop(self, gid: str) -> None:
        """Shopify deletes the subscription of a delivery that failed too often."""
        with self.state.transaction():
            self.state.delete(gid)
            self._look()

    def _look(self) -> None:
        """Let the state look only at what somebody wants to know."""
        families = {TOPICS[doc["topic"]].split("/")[0] for doc in self.all()}
        self.state.watched = frozenset(_WATCHED[family] for family in families if family in _WATCHED)


def _levels(before: Doc | None, after: Doc | None) -> Iterator[Event]:
    old, new = (before or {}).get("levels", {}), (after or {}).get("levels", {})
    item = after or before
    assert item
    for place in old.keys() | new.keys():
        if place not in new:
            yield "inventory_levels/disconnect", payloads.level_ids(item, place)
        elif place not in old or old[place]["available"] != new[place]["available"]:
            what = "update" if place in old else "connect"
            yield f"inventory_levels/{what}", payloads.level(item, place, new[place])


def _location(before: Doc | None, after: Doc | None) -> Iterator[Event]:
    if after is None:
        assert before
        yield "locations/delete", {"id": payloads.number(before["id"])}
        return
    shown = payloads.location(after)
    if before and before["isActive"] != after["isActive"]:
        yield f"locations/{'activate' if after['isActive'] else 'deactivate'}", shown
    yield f"locations/{'update' if before else 'create'}", shown
