"""What the router remembers. Orders, warehouses and fulfilments are Saleor's global ids, never foreign keys.

RoutingDecision and ShipmentEvent are append-only: triggers in ``migrations/0002_guards.py`` refuse changes.
Amounts are minor units of the currency beside them.
"""

from .backtests import Backtest
from .decisions import PlannedParcel, RoutedOrder, RoutingDecision
from .life import Hold, Turndown, Walk
from .policies import RoutingPolicy
from .profiles import WarehouseProfile
from .rates import Rate, RateCard, RateZone, Revision
from .shipments import Carrier, Shipment, ShipmentEvent, ShipmentLabel, StrayScan
from .waves import Wave

__all__ = [
    "Backtest",
    "Carrier",
    "Hold",
    "PlannedParcel",
    "Rate",
    "RateCard",
    "RateZone",
    "Revision",
    "RoutedOrder",
    "RoutingDecision",
    "RoutingPolicy",
    "Shipment",
    "ShipmentEvent",
    "ShipmentLabel",
    "StrayScan",
    "Turndown",
    "Walk",
    "WarehouseProfile",
    "Wave",
]
