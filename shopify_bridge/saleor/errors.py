"""What can go wrong between the bridge and Saleor."""

from __future__ import annotations

from saleor_plugins.kernel.errors import OpsError


class SaleorError(OpsError):
    """Base of them all. Messages name documents, never variables or answers: those hold personal data."""

    code = "SALEOR"


class SaleorUnreachable(SaleorError):
    """No answer, or a 5xx. Try later."""

    code = "SALEOR_UNREACHABLE"


class SaleorDenied(SaleorError):
    """The token is wrong or lacks a permission."""

    code = "SALEOR_DENIED"
