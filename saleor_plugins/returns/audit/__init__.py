"""Every balance of the desk, rebuilt from its ledgers and compared with what is stored and with the shop."""

from .finding import Finding

__all__ = ["Finding"]
