"""Prove that the ledgers and what is derived from them agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..store import audits
from .audit_transfers import audit_transfers


@dataclass(frozen=True)
class Finding:
    """A row that contradicts its ledger: its kind, our id, and what is wrong, in words."""

    kind: str
    id: str
    message: str


def audit() -> list[Finding]:
    """Everything that is wrong; nothing in a sound database. The database compares, row by row."""
    return [*_orders(), *_transfers()]


def _orders() -> Iterator[Finding]:
    for line, received, booked in audits.lines_against_ledger():
        yield Finding(
            "PurchaseOrderLine",
            str(line),
            f"{received} units received, its stock movements say {booked}",
        )
    for odd, stocked, booked in audits.discrepancies_against_ledger():
        message = f"{stocked} units in stock, its stock movements say {booked}"
        yield Finding("Discrepancy", str(odd), message)
    for receipt in audits.receipts_against_ledger():
        yield Finding("Receipt", str(receipt), "its stock movements are not what was asked to be booked")
    for order, state in audits.orders_against_lines():
        yield Finding("PurchaseOrder", str(order), f"it is {state}, and its lines say otherwise")


def _transfers() -> Iterator[Finding]:
    for line in audit_transfers():
        yield Finding("TransferLine", line, "shipped, received or lost units are not what its movements say")
