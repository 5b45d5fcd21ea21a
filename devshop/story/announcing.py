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
_DELIVERIES = """query($state: DeliveryState, $after: String) {
  deliveries(first: 100, after: $after, state: $state) { edges { node {
  topic eventId subscriber state } } pageInfo { hasNextPage endCursor } } }"""


def play(stage: Stage) -> Outcome:
    """Every topic arrived; a changed body would not have been believed; nothing is left to deliver."""
    here = stage.subscriber
    stage.until("all events arrive", lambda: here.topics() >= EXPECTED)
    check(here.refused == 0, f"{here.refused} signatures were wrong")
    assert here.last
    headers, body = here.last
    check(not verify(here.secret, headers, body + b" "), "a changed body was believed")
    stage.until("the outbox knows of what arrived", lambda: set(here.events) <= _delivered(stage))
    check(not _deliveries(stage, "DEAD"), "there are dead letters")
    return Outcome(
        f"{len(here.events)} signed events of {len(here.topics())} types, among them order.routed,"
        " return.refunded, variant.back_in_stock; a changed body is refused",
        "the subscriber: signatures by its own code\ndelivery GraphQL: deliveries",
    )


def _delivered(stage: Stage) -> set[str]:
    """Events that webhooks have taken."""
    done = _deliveries(stage, "DONE")
    return {str(node["eventId"]) for node in done if node["subscriber"].startswith("webhook:")}


def _deliveries(stage: Stage, state: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after: str | None = None
    while True:
        page = stage.plugin("delivery")(_DELIVERIES, state=state, after=after)["deliveries"]
        found += [edge["node"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]
