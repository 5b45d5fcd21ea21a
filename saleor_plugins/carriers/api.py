"""What is asked of a carrier's service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ..kernel.errors import Conflict
from .scans import Reported


class NotInstalled(Conflict):
    """The library that speaks to this carrier is not installed."""

    code = "NOT_INSTALLED"


class Refused(Conflict):
    """The carrier said no, so nothing was bought. Every other failure of a purchase is an unknown outcome."""

    code = "CARRIER_REFUSED"


@dataclass(frozen=True)
class Party:
    """Who sends or receives: with the person, so never logged. `country` is ISO 3166 alpha-2."""

    country: str
    postal_code: str = ""
    city: str = ""
    area: str = ""
    street: tuple[str, ...] = ()
    name: str = ""
    company: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Sending:
    """A parcel to be sent. `reference` is printed on the label: the order's number."""

    shipper: Party
    recipient: Party
    grams: int
    reference: str = ""


@dataclass(frozen=True)
class Quote:
    """A service of the carrier for a parcel. `amount` is minor units of `currency`."""

    service: str
    name: str
    amount: int
    currency: str
    transit_days: int | None = None


@dataclass(frozen=True)
class Label:
    """A label that was bought. `format` is PDF, ZPL or PNG; `identifier` is the carrier's name of it.

    `amount` is what it cost in minor units of `currency`, None when the carrier did not say.
    """

    tracking_number: str
    content: bytes
    format: str
    identifier: str = ""
    amount: int | None = None
    currency: str = ""


class CarrierApi(Protocol):
    """A carrier's service. Calls talk to the outside: never inside a transaction."""

    def quotes(self, sending: Sending) -> list[Quote]:
        """What the carrier's services cost, cheapest first. Raises Refused."""

    def label(self, sending: Sending, service: str, form: str) -> Label:
        """Buy a label. Raises Refused when the carrier said no; after anything else it may be bought."""

    def void(self, identifier: str, service: str) -> None:
        """Take back a label that nobody used; again does no harm. Raises Refused if the carrier will not."""

    def scans(self, numbers: Sequence[str]) -> list[Reported]:
        """What happened to the parcels, as far as it is known; numbers it does not know are left out."""
