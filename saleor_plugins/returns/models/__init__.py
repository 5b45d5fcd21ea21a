"""What the desk remembers. Every promise about units and money is a constraint here.

Amounts are minor units. Receipt, Inspection, Followup, RefundAllocation and LedgerEntry are append-only, and
triggers let them drive the counters beside them (migrations/0002_guards.py), so that a counter
cannot move without the row that explains it.
"""

from .money import PaymentLedger, Refund, RefundAllocation, RefundPart
from .orders import Delivery, OrderLedger, ReturnableLine
from .parcels import Followup, Inspection, Receipt, ReceiptLine, StrayParcel
from .requests import LedgerEntry, Return, ReturnLine, ReturnMessage

__all__ = [
    "Delivery",
    "Followup",
    "Inspection",
    "LedgerEntry",
    "OrderLedger",
    "PaymentLedger",
    "Receipt",
    "ReceiptLine",
    "Refund",
    "RefundAllocation",
    "RefundPart",
    "Return",
    "ReturnLine",
    "ReturnMessage",
    "ReturnableLine",
    "StrayParcel",
]
