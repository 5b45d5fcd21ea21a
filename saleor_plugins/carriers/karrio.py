"""karrio's adapter (https://karrio.io, LGPL-3.0): some sixty carriers, each a package of its own.

`karrio-generic` needs no account: rate sheets and labels of one's own van, without a network.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from importlib import import_module
from typing import Any

from ..kernel.errors import Invalid
from ..kernel.money import from_minor, to_minor
from .api import Label, NotInstalled, Party, Quote, Refused, Sending
from .scans import LONGEST_DESCRIPTION, LONGEST_ID, LONGEST_PLACE, Reported, same_again
from .states import (
    DELIVERED,
    EXCEPTION,
    IN_TRANSIT,
    OUT_FOR_DELIVERY,
    RETURNING,
    Scan,
    Source,
)

# The codes of answers that never came: the carrier may have done what was asked.
_LOST = re.compile(r"|SHIPPING_SDK_INTERNAL_ERROR|408|5\d\d")
_STATES = {
    "picked_up": IN_TRANSIT,
    "in_transit": IN_TRANSIT,
    "out_for_delivery": OUT_FOR_DELIVERY,
    "ready_for_pickup": OUT_FOR_DELIVERY,
    "delivered": DELIVERED,
    "on_hold": EXCEPTION,
    "delivery_failed": EXCEPTION,
    "delivery_delayed": EXCEPTION,
    "return_to_sender": RETURNING,
}


class Karrio:
    """One account with a carrier. `kind` is karrio's name of it, `settings` what its package asks for."""

    def __init__(self, kind: str, settings: Mapping[str, Any]):
        self._sdk, self._models = _karrio()
        try:
            # karrio answers the settings' mistakes with whatever its classes raise.
            self._gateway = self._sdk.gateway[kind].create(dict(settings))
        except Exception as error:
            problem = f"karrio has no carrier {kind} with these settings ({type(error).__name__})."
            raise Invalid(problem, field="apiSettings") from None

    def quotes(self, sending: Sending) -> list[Quote]:
        """What the carrier's services cost, cheapest first. Raises Refused."""
        request = self._models.RateRequest(**self._parcel(sending))
        rates, messages = self._sdk.Rating.fetch(request).from_(self._gateway).parse()
        if not rates and messages:
            raise _refused(messages)
        return sorted((_quote(row) for row in rates or []), key=lambda row: (row.amount, row.service))

    def label(self, sending: Sending, service: str, form: str) -> Label:
        """Buy a label. Raises Refused when the carrier said no; after anything else it may be bought."""
        request = self._models.ShipmentRequest(
            **self._parcel(sending), service=service, label_type=form, reference=sending.reference, options={}
        )
        made, messages = self._sdk.Shipment.create(request).from_(self._gateway).parse()
        if made is None:
            if any(_LOST.fullmatch(str(row.code or "")) for row in messages):
                raise RuntimeError("karrio lost the carrier's answer")
            raise _refused(messages)
        content = base64.b64decode(made.docs.label)
        rate = made.selected_rate
        return Label(
            str(made.tracking_number),
            content,
            str(made.label_type or form).upper(),
            str(made.shipment_identifier or ""),
            _minor(rate.total_charge, rate.currency) if rate and rate.currency else None,
            (rate and rate.currency) or "",
        )

    def void(self, identifier: str, service: str) -> None:
        """Take back a label that nobody used; again does no harm. Raises Refused if the carrier will not."""
        request = self._models.ShipmentCancelRequest(shipment_identifier=identifier, service=service)
        done, messages = self._sdk.Shipment.cancel(request).from_(self._gateway).parse()
        if done is None or not done.success:
            if any(_LOST.fullmatch(str(row.code or "")) for row in messages):
                raise RuntimeError("karrio lost the carrier's answer")
            raise _refused(messages)

    def scans(self, numbers: Sequence[str]) -> list[Reported]:
        """What happened to the parcels, as far as it is known; numbers it does not know are left out."""
        request = self._models.TrackingRequest(tracking_numbers=list(numbers))
        found, _messages = self._sdk.Tracking.fetch(request).from_(self._gateway).parse()
        wanted = set(numbers)
        return [
            Reported(row.tracking_number, scan)
            for row in found or []
            if row.tracking_number in wanted
            for scan in _scans(row)
        ]

    def _parcel(self, sending: Sending) -> dict[str, Any]:
        parcel = self._models.Parcel(weight=sending.grams / 1000, weight_unit="KG")
        return {
            "shipper": self._address(sending.shipper),
            "recipient": self._address(sending.recipient),
            "parcels": [parcel],
        }

    def _address(self, party: Party) -> Any:
        first, second, *_ = (*party.street, "", "")
        return self._models.Address(
            country_code=party.country,
            postal_code=party.postal_code or None,
            city=party.city or None,
            state_code=party.area or None,
            address_line1=first,
            address_line2=second or None,
            person_name=party.name or None,
            company_name=party.company or None,
            phone_number=party.phone or None,
        )


def _karrio() -> tuple[Any, Any]:
    try:
        sdk, models = import_module("karrio.sdk"), import_module("karrio.core.models")
        # It logs requests with their variables: they are people's addresses.
        import_module("loguru").logger.disable("karrio")
    except ImportError as error:
        raise NotInstalled("Install saleor-plugins[carriers] first.", field="api") from error
    return sdk, models


def _quote(row: Any) -> Quote:
    name = (row.meta or {}).get("service_name") or row.service
    amount = _minor(row.total_charge, row.currency)
    return Quote(row.service, str(name), amount, row.currency, row.transit_days)


def _minor(charge: Any, currency: str) -> int:
    return to_minor(Decimal(str(charge)).quantize(from_minor(1, currency), ROUND_HALF_UP), currency)


def _refused(messages: Sequence[Any]) -> Refused:
    """The carrier's codes; its words may quote the address."""
    codes = sorted({str(row.code or row.level or "?") for row in messages})
    return Refused(f"The carrier refused: {', '.join(codes)[:200]}.", field="carrierId")


def _scans(details: Any) -> list[Scan]:
    found = []
    for event in details.events or []:
        state, at = _STATES.get(event.status or ""), _instant(event.timestamp)
        if state is None or at is None:
            continue
        text, place = (event.description or "").strip(), (event.location or "").strip()
        key = same_again("karrio", event.code, event.timestamp, text)[:LONGEST_ID]
        found.append(Scan(state, at, Source.CARRIER, key, text[:LONGEST_DESCRIPTION], place[:LONGEST_PLACE]))
    return found


def _instant(text: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else None
