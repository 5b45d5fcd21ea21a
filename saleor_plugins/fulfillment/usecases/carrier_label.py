"""Ask a carrier's own service: what a parcel costs, its label, its scans."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from ...carriers import CarrierApi, Party, Quote, Refused, Sending, connect
from ...kernel import clock
from ...kernel.errors import Conflict, Invalid, NotFound, Required
from ...platform import shop
from ...platform.port import Order, Recipient, Warehouse
from .. import store
from ..domain.parcels.shipment import OUTWARD
from ..models import Carrier, Shipment, ShipmentLabel
from .carrier_events import apply_events
from .change_shipment import checked_text, locked, set_tracking

FORMATS = ("PDF", "ZPL", "PNG")
MOST_GRAMS = 1_000_000
# Parcels that a carrier is asked about: so old at most, so many in a round, so many at once.
ASKED_FOR = timedelta(days=60)
ROUND = 2000
AT_ONCE = 25


def quotes(key: UUID, carrier_id: UUID, *, grams: int | None = None) -> list[Quote]:
    """What the carrier's services cost for a parcel, cheapest first.

    Raises NotFound (``id``, ``carrierId``), Required (``grams``) when a weight is not known, Conflict
    (``carrierId``) when the carrier has no service or refuses.
    """
    row = store.shipment(key)
    return _service(_carrier(carrier_id)).quotes(_sending(row, grams))


def buy_label(
    key: UUID,
    carrier_id: UUID,
    service: str,
    *,
    form: str = "PDF",
    grams: int | None = None,
    again: bool = False,
    by: str = "",
) -> ShipmentLabel:
    """Buy the parcel's label and give it its number. The label it has already is answered again.

    Reserved, bought outside any transaction, settled. When the carrier's answer is lost, nobody knows:
    the next call refuses until a person has looked there and asks `again`. Raises NotFound (``id``,
    ``carrierId``), Required or Invalid (``grams``, ``format``, ``service``), Conflict (``id``,
    ``carrierId``, ``state``).
    """
    if form not in FORMATS:
        raise Invalid(f"Must be one of: {', '.join(FORMATS)}.", field="format")
    service = checked_text(service, 100, "service")
    carrier = _carrier(carrier_id)
    api = _service(carrier)
    sending = _sending(store.shipment(key), grams)
    label, new = _reserved(key, carrier, (service, form), again, by)
    if new:
        _buy(api, sending, label)
    with transaction.atomic():
        row = locked(key)
        # A label of before may have been bought by somebody who died here.
        if new or not row.tracking_number:
            set_tracking(key, label.tracking_number, carrier=label.carrier, by=by)
    return label


def ask_carrier(carrier_id: UUID) -> int:
    """Ask the carrier about its parcels under way; answers how many scans it told, old ones too."""
    api, told = _service(_carrier(carrier_id)), 0
    numbers = store.numbers_under_way(carrier_id, clock.now() - ASKED_FOR, ROUND)
    for start in range(0, len(numbers), AT_ONCE):
        found = api.scans(numbers[start : start + AT_ONCE])
        told += len(found)
        if found:
            apply_events(carrier_id, found)
    return told


def _reserved(
    key: UUID, carrier: Carrier, wanted: tuple[str, str], again: bool, by: str
) -> tuple[ShipmentLabel, bool]:
    """The label that the parcel has, or a new one that nobody else buys meanwhile."""
    with transaction.atomic():
        row = locked(key)
        known = store.label_of(key)
        if known and known.state == ShipmentLabel.DONE:
            return known, False
        if known:
            _check_again(known, again)
        if row.state not in OUTWARD:
            raise Conflict(f"The parcel is {row.state}.", field="state")
        return store.reserve_label(row, carrier, *wanted, by), True


def _check_again(known: ShipmentLabel, again: bool) -> None:
    if known.state == ShipmentLabel.RESERVED:
        raise Conflict("A label of this parcel is being bought.", field="id", code="IN_PROGRESS")
    if not again:
        text = "The carrier's last answer was lost: look there whether it made a label, then ask again."
        raise Conflict(text, field="id", code="UNKNOWN_OUTCOME")
    store.drop_label(known, ShipmentLabel.FAILED)


def _buy(api: CarrierApi, sending: Sending, label: ShipmentLabel) -> None:
    try:
        made = api.label(sending, label.service, label.format)
    except Refused:
        store.drop_label(label, ShipmentLabel.FAILED)
        raise
    except Exception as error:  # whatever a library raises, the label may have been bought
        store.drop_label(label, ShipmentLabel.UNKNOWN)
        text = "The carrier's answer was lost: look there whether it made a label."
        raise Conflict(text, field="id", code="UNKNOWN_OUTCOME") from error
    store.finish_label(label, made)


def _carrier(carrier_id: UUID) -> Carrier:
    try:
        return store.carrier(carrier_id)
    except NotFound as error:
        raise NotFound(error.message, field="carrierId") from None


def _service(carrier: Carrier) -> CarrierApi:
    if not carrier.api or not carrier.is_active:
        raise Conflict(f"{carrier.name} has no service to ask.", field="carrierId")
    return connect(*store.service_of(carrier.pk))


def _sending(row: Shipment, grams: int | None) -> Sending:
    order = shop().order(row.order_id)
    to = shop().ship_to(row.order_id)
    if to is None:
        raise Conflict("The order has no shipping address.", field="id")
    home = next((place for place in shop().warehouses() if place.id == row.warehouse_id), None)
    if home is None:
        raise Conflict("Saleor does not say where the parcel comes from.", field="id")
    units = {item["line_id"]: item["quantity"] for item in row.items}
    return Sending(_shipper(home), _recipient(to), _weight(order, units, grams), order.number)


def _weight(order: Order, units: Mapping[str, int], grams: int | None) -> int:
    if grams is None:
        lines = [(order.line(key), count) for key, count in units.items()]
        if any(line is None or line.weight_grams is None for line, _ in lines):
            raise Required("A weight is not known: name the parcel's.", field="grams")
        grams = sum((line.weight_grams or 0) * count for line, count in lines if line)
    if not 1 <= grams <= MOST_GRAMS:
        raise Invalid(f"Must be from 1 to {MOST_GRAMS}.", field="grams")
    return grams


def _shipper(place: Warehouse) -> Party:
    at = place.address
    street = (at.street,) if at.street else ()
    return Party(at.country, at.postal_code, at.city, at.country_area, street, company=place.name)


def _recipient(to: Recipient) -> Party:
    return Party(
        to.country, to.postal_code, to.city, to.country_area, to.street, to.name, to.company, to.phone
    )
