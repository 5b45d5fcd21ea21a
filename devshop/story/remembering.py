"""The shop has been selling for a year: its orders become the history that forecasts are made from."""

from __future__ import annotations

import json

from devshop.story.stage import Outcome, Stage, check

TITLE = "A year of sales"
DAYS, VARIANTS = 364, 12
_SOLD = """SELECT sum(l.quantity) AS units FROM order_orderline l JOIN order_order o ON o.id = l.order_id
  WHERE l.variant_id IS NOT NULL AND o.status NOT IN ('draft', 'canceled', 'unconfirmed', 'expired')"""
_READ = "SELECT sum(units) AS units, count(DISTINCT day) AS days FROM ops_restock_dailydemand"


def play(stage: Stage) -> Outcome:
    """Write the year, read it twice, and find every unit sold in it."""
    stage.say("writing a year of orders")
    said = stage.python("devshop.year", str(DAYS), str(VARIANTS)).splitlines()[-1]
    # Nobody told the plugin of orders that were written into the past: it reads all of it once more.
    for how in (["--rebuild"], []):
        shown = stage.manage("forecast", "--days", "28", "--json", *how)
        read = stage.rows(_READ)[0]
        sold = stage.rows(_SOLD)[0]["units"]
        check(read["units"] == sold, f"{sold} units were sold, {read['units']} were read")
    stage.forecasts = [json.loads(line) for line in shown.splitlines()]
    selling = [each for each in stage.forecasts if each["expected"] > 0]
    check(len(selling) >= VARIANTS, f"{len(selling)} needs are expected to sell")
    return Outcome(
        f"{said}; all {read['units']} units read into {read['days']} days of demand; {len(selling)} needs"
        " expected to sell in the next four weeks",
        "Saleor: order_orderline\nPostgres: ops_restock_dailydemand\nmanage.py forecast",
    )
