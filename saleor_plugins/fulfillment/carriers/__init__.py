"""Carriers' own services: what a parcel costs, its label, its scans.

Behind a small Protocol, so that nothing else depends on whose library asks them. karrio's adapter needs
``pip install saleor-plugins[carriers]`` and is imported when a carrier uses it.
"""

from .api import CarrierApi, Label, NotInstalled, Party, Quote, Refused, Sending

__all__ = ["CarrierApi", "Label", "NotInstalled", "Party", "Quote", "Refused", "Sending"]
