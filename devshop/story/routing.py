"""A worker routes the order to the warehouse that ships it at the lowest cost."""

from __future__ import annotations

from typing import Any

from devshop.places import LOGS
from devshop.story.sale import QUANTITIES
from devshop.story.stage import Outcome, Stage, check, key

TITLE = "Routed by a worker"
_DECISION = """query($id: ID!) { routingDecision(orderId: $id) { version trigger plan {
  outcome optimal cost { amount currency } explanation
  parcels { warehouseId warehouseName items { lineId quantity } }
  rejected { warehouseName difference { amount } } } } }"""


def play(stage: Stage) -> Outcome:
    """Nobody asks for it: the hook recorded the order, a Celery worker decided."""
    decision = stage.until("the order is routed", lambda: _decision(stage))
    plan = decision["plan"]
    check(
        decision["trigger"] == "EVENT" and plan["outcome"] == "ROUTED" and plan["optimal"],
        f"decision: {plan}",
    )
    check(
        [parcel["warehouseId"] for parcel in plan["parcels"]] == [stage.near], f"routed to {plan['parcels']}"
    )
    log = (LOGS / "saleor-worker.log").read_text(errors="replace")
    check("Task saleor_plugins.delivery.relay" in log, "no worker delivered the order's event")
    units = allocations(stage)
    check(units == {key(stage.near): sum(QUANTITIES)}, f"allocated: {units}")
    return Outcome(
        f"{sum(QUANTITIES)} units to {plan['parcels'][0]['warehouseName']} for"
        f" {plan['cost']['currency']} {plan['cost']['amount']}. “{plan['explanation'][0]}”",
        "fulfillment GraphQL: routingDecision\nPostgres: warehouse_allocation\nthe worker's log",
    )


def _decision(stage: Stage) -> dict[str, Any] | None:
    found = stage.plugin("fulfillment")(_DECISION, id=stage.order)["routingDecision"]
    return found if found and found["plan"]["outcome"] == "ROUTED" else None


def allocations(stage: Stage) -> dict[str, int]:
    """Read how many units of the order each warehouse holds."""
    rows = stage.rows(
        "SELECT s.warehouse_id::text AS warehouse, sum(a.quantity_allocated) AS units"
        " FROM warehouse_allocation a JOIN warehouse_stock s ON s.id = a.stock_id"
        " JOIN order_orderline l ON l.id = a.order_line_id"
        f" WHERE l.order_id::text = '{key(stage.order)}' AND a.quantity_allocated > 0 GROUP BY 1"
    )
    return {row["warehouse"]: row["units"] for row in rows}
