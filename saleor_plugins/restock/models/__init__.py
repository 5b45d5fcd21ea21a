"""What the restock room remembers. Every promise about units and money is a constraint here."""

from .alerts import ExpectedBack, MailTemplate, SentMail, StockAlert, VariantWatch
from .backtests import Backtest
from .demand import (
    ChangedDay,
    DailyDemand,
    DemandCursor,
    ForecastMade,
    KitPart,
    Promotion,
    StockOut,
    StockWalk,
)
from .ledger import StockMovement
from .orders import (
    Discrepancy,
    LandedCost,
    PurchaseOrder,
    PurchaseOrderLine,
    Receipt,
    SentOrder,
)
from .suggestions import RestockRun, ShopFigure, SuggestedTransfer, Suggestion
from .supply import Budget, ExchangeRate, ReorderPolicy, Supplier, SupplierItem, TransferLane
from .transfers import Transfer, TransferHandling, TransferLine

__all__ = [
    "Backtest",
    "Budget",
    "ChangedDay",
    "DailyDemand",
    "DemandCursor",
    "Discrepancy",
    "ExchangeRate",
    "ExpectedBack",
    "ForecastMade",
    "KitPart",
    "LandedCost",
    "MailTemplate",
    "Promotion",
    "PurchaseOrder",
    "PurchaseOrderLine",
    "Receipt",
    "ReorderPolicy",
    "RestockRun",
    "SentMail",
    "SentOrder",
    "ShopFigure",
    "StockAlert",
    "StockMovement",
    "StockOut",
    "StockWalk",
    "SuggestedTransfer",
    "Suggestion",
    "Supplier",
    "SupplierItem",
    "Transfer",
    "TransferHandling",
    "TransferLane",
    "TransferLine",
    "VariantWatch",
]
