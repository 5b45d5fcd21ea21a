"""What the desk remembers. Every promise about units and money is a constraint here.

Amounts are minor units. Receipt, Inspection, Followup, RefundAllocation and LedgerEntry are append-only, and
triggers let them drive the counters beside them (migrations/0002_guards.py), so that a counter
cannot move without the row that explains it.
"""

from .labels import ReturnLabel
from .mails import MailTemplate, SentMail
from .money import PaymentLedger, Refund, RefundAllocation, RefundPart
from .orders import Delivery, OrderLedger, ReturnableLine
from .parcels import Followup, Inspection, Receipt, ReceiptLine, StrayParcel
from .portal import AccessCode, Draft, Photo, WithdrawalStatement
from .requests import LedgerEntry, Return, ReturnLine, ReturnMessage
from .rules import Rulebook, TermsRun
from .signals import Flag

__all__ = [
    "AccessCode",
    "Delivery",
    "Draft",
    "Flag",
    "Followup",
    "Inspection",
    "LedgerEntry",
    "MailTemplate",
    "OrderLedger",
    "PaymentLedger",
    "Photo",
    "Receipt",
    "ReceiptLine",
    "Refund",
    "RefundAllocation",
    "RefundPart",
    "Return",
    "ReturnLabel",
    "ReturnLine",
    "ReturnMessage",
    "ReturnableLine",
    "Rulebook",
    "SentMail",
    "StrayParcel",
    "TermsRun",
    "WithdrawalStatement",
]
