"""How needs are found."""

from __future__ import annotations

from ...platform.settings import Setting, decimal, integer

SETTINGS = (
    Setting(
        "service_level",
        "95",
        "Service level (%)",
        "How many of 100 delivery periods should end without a stock-out: 50 to 99.9.",
        parse=decimal("50", "99.9"),
    ),
    Setting(
        "default_lead_days",
        "7",
        "Lead time (days)",
        "Days from ordering to arrival where a supplier item says nothing: 0 to 365.",
        parse=integer(0, 365),
    ),
    Setting(
        "review_days",
        "1",
        "Review period (days)",
        "Days between two looks at the proposals: 1 when you approve daily, 7 when weekly.",
        parse=integer(1, 90),
    ),
    Setting(
        "order_cost",
        "1.00",
        "Cost of an order line",
        "What ordering and booking one line costs you, in the currency of the supplier's price.",
        parse=decimal("0", "100000"),
    ),
    Setting(
        "holding_percent",
        "25",
        "Holding cost (% a year)",
        "What keeping stock for a year costs, in percent of its price: 1 to 200.",
        parse=decimal("1", "200"),
    ),
)
