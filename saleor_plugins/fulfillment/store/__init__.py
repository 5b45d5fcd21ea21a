"""All database access of the router."""

from .decisions import add_decision, current, decisions, settled, touch
from .profiles import all_profiles, profiles, save_profile
from .rates import (
    activate,
    active_rates,
    add_card,
    card,
    cards,
    delete_rate,
    has_active_card,
    rate,
    replace_rates,
    save_rate,
)
from .shipments import add_shipment, advance, shipment, shipments

__all__ = [
    "activate",
    "active_rates",
    "add_card",
    "add_decision",
    "add_shipment",
    "advance",
    "all_profiles",
    "card",
    "cards",
    "current",
    "decisions",
    "delete_rate",
    "has_active_card",
    "profiles",
    "rate",
    "replace_rates",
    "save_profile",
    "save_rate",
    "settled",
    "shipment",
    "shipments",
    "touch",
]
