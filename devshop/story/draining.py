"""The orders that were open before: one command routes them all, and again it has nothing to do."""

from __future__ import annotations

import re
import subprocess

from devshop import run
from devshop.environments import saleor
from devshop.places import LOGS, Failed
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
    said = _route_orders(stage)
    before = stage.rows(_LEDGER)[0]
    check(before["orders"] > 0, f"route_orders said: {said}")
    again = _route_orders(stage)
    check(not re.search(r"\d routed", again), f"the second route_orders said: {again}")
    after = stage.rows(_LEDGER)[0]
    check(after == before, f"the second run wrote decisions: {before}, {after}")
    check(not stage.rows(_OVERSOLD), "a warehouse promised more than it has")
    return Outcome(
        f"route_orders: {said.splitlines()[0]} Once more: nothing changed, and nothing is promised twice",
        "Postgres: the ledger of decisions, warehouse_allocation, warehouse_stock",
    )


def _route_orders(stage: Stage) -> str:
    stage.say("manage.py route_orders")
    command = [str(saleor().python), "-W", "ignore", "-m", "django", "route_orders"]
    done = subprocess.run(
        command, env=run.clean_environ(stage.shop.environ()), cwd="/", capture_output=True, text=True
    )
    if done.returncode:
        raise Failed(f"route_orders ended with {done.returncode}: {done.stderr.strip()[-300:]}", LOGS)
    return done.stdout.strip()
