"""The subscriber heard of everything that happened, each event signed."""

from __future__ import annotations

from typing import Any

from devshop.story.stage import Outcome, Stage, check
from devshop.story.subscriber import verify

TITLE = "Heard by the subscriber"
EXPECTED = {
    "order.routed",
    "shipment.created",
    "return.requested",
    "return.approved",
    "return.received",
    "return.inspected",
    "return.refunded",
    "purchase_order.proposed",
    "purchase_order.approved",
    "purchase_order.sent",
    "purchase_order.confirmed",
    "restock.suggested",
    "variant.back_in_stock",
    "stock.received",
}
_DELIVERIES = """query($state: DeliveryState) { deliveries(first: 100, state: $state) {
  edges { node { topic eventId subscriber state } } } }"""


def play(stage: Stage) -> Outcome:
    """Every topic arrived; a changed body would not have been believed; nothing is left to deliver."""
    here = stage.subscriber
    stage.until("all events arrive", lambda: here.topics() >= EXPECTED)
    check(here.refused == 0, f"{here.refused} signatures were wrong")
    assert here.last
    headers, body = here.last
    check(not verify(here.secret, headers, body + b" "), "a changed body was believed")
    delivered = {
        node["eventId"] for node in _deliveries(stage, "DONE") if node["subscriber"].startswith("webhook:")
    }
    check(set(here.events) <= delivered, "the outbox does not know of what arrived")
    check(not _deliveries(stage, "DEAD"), "there are dead letters")
    return Outcome(
        f"{len(here.events)} signed events of {len(here.topics())} types, among them order.routed,"
        " return.refunded, variant.back_in_stock; a changed body is refused",
        "the subscriber: signatures by its own code\ndelivery GraphQL: deliveries",
    )


def _deliveries(stage: Stage, state: str) -> list[dict[str, Any]]:
    edges = stage.plugin("delivery")(_DELIVERIES, state=state)["deliveries"]["edges"]
    return [edge["node"] for edge in edges]
