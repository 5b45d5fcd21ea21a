"""Carriers' own services: what a parcel costs, its label, its scans.

Behind a small Protocol, so that nothing else depends on whose library asks them. karrio's adapter needs
``pip install saleor-plugins[carriers]`` and is imported when a carrier uses it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .api import CarrierApi, Label, NotInstalled, Party, Quote, Refused, Sending

__all__ = ["CarrierApi", "Label", "NotInstalled", "Party", "Quote", "Refused", "Sending", "connect"]

if TYPE_CHECKING:
    from .karrio import Karrio


def connect(kind: str, settings: str) -> Karrio:
    """The service of a carrier; `settings` is JSON. Raises NotInstalled, Invalid (``apiSettings``)."""
    from .karrio import Karrio

    return Karrio(kind, json.loads(settings or "{}"))
