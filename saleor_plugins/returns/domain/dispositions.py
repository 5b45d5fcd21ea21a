"""What becomes of a unit that came back; apart from the money."""

from __future__ import annotations

from enum import StrEnum


class Disposition(StrEnum):
    """Where an inspected unit goes."""

    RESTOCK = "RESTOCK"
    REFURBISH = "REFURBISH"
    QUARANTINE = "QUARANTINE"
    SCRAP = "SCRAP"
    SEND_BACK = "SEND_BACK"

    @property
    def accepted(self) -> bool:
        """Whether the unit is credited: only one that goes back to the customer is not."""
        return self is not Disposition.SEND_BACK

    @property
    def sellable(self) -> bool:
        """Whether the unit joins the stock that the shop sells from."""
        return self is Disposition.RESTOCK
