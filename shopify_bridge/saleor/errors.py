"""What can go wrong between the bridge and Saleor."""

from __future__ import annotations

from saleor_plugins.kernel.errors import OpsError


class SaleorError(OpsError):
    """Base of them all. Messages name documents, never variables or answers: those hold personal data."""

    code = "SALEOR"


class SaleorUnreachable(SaleorError):
    """No answer, or a 5xx. Try later."""

    code = "SALEOR_UNREACHABLE"


class SaleorTooMuch(SaleorUnreachable):
    """The answer takes too long or the document costs too much: ask for less at once."""

    code = "SALEOR_TOO_MUCH"


class SaleorBusy(SaleorUnreachable):
    """Too many requests; nothing was done. `seconds` says how long to wait."""

    code = "SALEOR_BUSY"

    def __init__(self, seconds: float):
        super().__init__("Saleor has too many requests")
        self.seconds = seconds


class SaleorRefused(SaleorError):
    """Saleor read the mutation and did not do it."""

    code = "SALEOR_REFUSED"


class SaleorDenied(SaleorError):
    """The token is wrong or lacks a permission."""

    code = "SALEOR_DENIED"
