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


# Units that wait in a warehouse until somebody restocks or scraps them.
ASIDE = (Disposition.REFURBISH.value, Disposition.QUARANTINE.value)


class Outcome(StrEnum):
    """What becomes later of a unit that was put aside."""

    RESTOCK = "RESTOCK"
    SCRAP = "SCRAP"
