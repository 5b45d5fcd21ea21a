"""A what-if run in a merchant's words: what was proposed, what was assumed, how to read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...kernel.money import from_minor
from ..domain.backtest.stock import Start
from .backtest_settings import AMOUNTS, Settings

STOCK = {
    Start.REPLAYED: "Every column begins with what is free now and what these orders have taken since, so "
    "that nothing runs out that did not. What came in meanwhile lies on the shelves from the first day.",
    Start.NOW: "Every column begins with what is free now, less than there was: many orders run short.",
    Start.UNLIMITED: "Stock is taken to be unlimited wherever a product is kept.",
}
POLICY = {
    "objective": "Least of",
    "per_parcel": "Weight of a parcel",
    "per_100_km": "Weight of 100 km",
    "per_day": "Weight of a day",
    "late_per_day": "A day late counts",
    "promise_days": "Days promised",
    "most_parcels": "Parcels at most",
    "split": "Split orders",
    "shortage": "When something is short",
}
PROFILE = {
    "ships_orders": "ships orders",
    "priority": "priority",
    "daily_parcels": "parcels a day",
    "safety_stock": "safety stock",
    "handling_parcel": "handling per parcel",
    "handling_unit": "handling per unit",
}


def proposal(settings: Settings, currency: str, names: Mapping[str, str]) -> list[list[str]]:
    """What differs from today, as pairs of a name and a value; nothing differs in an empty list."""
    rows = [["Rate card", settings.card]] if settings.card else []
    rows += [
        [POLICY[key], _value(value, currency if key in AMOUNTS.values() else "")]
        for key, value in settings.policy.items()
    ]
    for key, changes in settings.profiles.items():
        told = ", ".join(
            f"{PROFILE[name]}: {_value(value, currency if name.startswith('handling') else '')}"
            for name, value in changes.items()
        )
        rows.append([names.get(key, key), told])
    return rows


def notes(result: Mapping[str, Any], settings: Settings, built_in: bool) -> list[str]:
    """What was assumed, and what must be known to read the numbers rightly."""
    found = [STOCK[Start(settings.stock)]]
    rates = "the built-in rates, as no rate card counts" if built_in else "the rate card"
    found.append(
        f"Today's column has {rates}, the policies and the warehouse profiles that count now, not those of "
        "the time. Every order is decided the moment it was placed; what is short is not shipped later."
    )
    found.append(
        "Saleor's column takes each line from the first warehouse in the channel's sorting order that has it "
        "or, as the channel is set up, from the fullest (on 2.10 the oldest stock). It knows no safety "
        "stock, refusals or limits; its parcels are priced and timed by today's rules."
    )
    return [*found, *_warnings(result["columns"])]


def _warnings(columns: list[Mapping[str, Any]]) -> Iterator[str]:
    if len({row["units"] for row in columns}) > 1:
        yield (
            "The columns do not ship the same number of units, so their costs cannot be compared as they "
            "are: look at the cost per shipped unit and at the orders that ship as much in both."
        )
    for what, text in (
        ("unpriced_units", "units whose way no rate has a price for; they count as shipped and cost nothing"),
        ("undated_orders", "orders whose arrival is not known"),
        ("parcels_without_km", "parcels whose distance is not known"),
        (
            "unproven_orders",
            "orders where the search stopped at its limit, so that the plan may not be the best",
        ),
    ):
        if any(row[what] for row in columns):
            yield f"{' / '.join(f'{row[what]:,}' for row in columns)} (column by column): {text}."
    without = max((row["unfilled_by"].get("NO_ADDRESS", 0) for row in columns), default=0)
    if without:
        yield f"{without:,} unfilled units are of orders without a shipping address."


def _value(value: Any, currency: str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{from_minor(value, currency)} {currency}" if currency else str(value)
