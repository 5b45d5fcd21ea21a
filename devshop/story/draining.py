"""The orders that were open before: one command routes them all, and again it has nothing to do."""

from __future__ import annotations

import re

from devshop.story.stage import Outcome, Stage, check

TITLE = "Open orders routed"
_LEDGER = (
    "SELECT count(*) AS decisions, count(DISTINCT order_id) AS orders FROM ops_fulfillment_routingdecision"
)
_OVERSOLD = (
    "SELECT s.id FROM warehouse_stock s JOIN warehouse_allocation a ON a.stock_id = s.id"
    " GROUP BY s.id, s.quantity HAVING sum(a.quantity_allocated) > s.quantity"
)


def play(stage: Stage) -> Outcome:
    """Route them as a merchant would, once and again; nothing may be promised twice."""
    said = stage.manage("route_orders")
    before = stage.rows(_LEDGER)[0]
    check(before["orders"] > 0, f"route_orders said: {said}")
    again = stage.manage("route_orders")
    check(not re.search(r"\d routed", again), f"the second route_orders said: {again}")
    after = stage.rows(_LEDGER)[0]
    check(after == before, f"the second run wrote decisions: {before}, {after}")
    check(not stage.rows(_OVERSOLD), "a warehouse promised more than it has")
    return Outcome(
        f"route_orders: {said.splitlines()[0]} Once more: nothing changed, and nothing is promised twice",
        "Postgres: the ledger of decisions, warehouse_allocation, warehouse_stock",
    )
