"""Shipments and their ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max, QuerySet

from ...kernel import clock
from ...kernel.errors import Conflict, NotFound
from ..domain.parcels.shipment import (
    CANCELED,
    CREATE,
    CREATED,
    SHIPMENT,
    TRACK,
    Scan,
    Source,
    state_of,
    verb_for,
)
from ..models import Carrier, Shipment, ShipmentEvent

# Carriers use numbers again after a year or so; parcels that share one now were made close together.
SAME_NUMBER = timedelta(days=60)
_SECRETS = ("carrier__secret", "carrier__previous_secret", "carrier__api_settings")


@dataclass(frozen=True)
class Recorded:
    """What a call of `record` came to: how many scans were new, and the states before and after."""

    new: int
    before: str
    after: str

    @property
    def changed(self) -> bool:
        """Whether the parcel is in another state now."""
        return self.before != self.after


def shipments(order_id: str) -> list[Shipment]:
    """The order's shipments, oldest first, with their carriers."""
    return list(_with_carrier().filter(order_id=order_id).order_by("pk"))


def shipments_with_plans(order_id: str) -> list[Shipment]:
    """The order's shipments, oldest first, with their carriers and the decisions they came from."""
    rows = _with_carrier().filter(order_id=order_id).order_by("pk")
    return list(rows.select_related("carrier", "decision"))


def shipment(key: UUID, *, lock: bool = False) -> Shipment:
    """The shipment. Raises NotFound (field ``id``)."""
    rows = Shipment.objects.select_for_update() if lock else _with_carrier()
    found = rows.filter(pk=key).first()
    if found is None:
        raise NotFound("No such shipment.", field="id")
    return found


def shipments_in(keys: Collection[UUID]) -> list[Shipment]:
    """Those of the shipments, oldest first."""
    return list(_with_carrier().filter(pk__in=keys).order_by("pk"))


def shipments_of_orders(order_ids: Collection[str]) -> list[Shipment]:
    """The shipments of the orders, oldest first."""
    return list(Shipment.objects.filter(order_id__in=order_ids).order_by("pk"))


def shipments_of_fulfillments(fulfillment_ids: Collection[str]) -> list[Shipment]:
    """The shipments that follow the fulfilments."""
    return list(Shipment.objects.filter(fulfillment_id__in=fulfillment_ids))


def shipments_numbered(numbers: Collection[str]) -> list[Shipment]:
    """The shipments with one of the tracking numbers, newest first; not those taken back."""
    rows = Shipment.objects.filter(tracking_number__in=set(numbers) - {""})
    return list(rows.exclude(state=CANCELED).order_by("-pk"))


def add_shipment(row: Shipment, *, by: str, source: Source) -> Shipment:
    """Store a new shipment with the first line of its ledger."""
    row.created = clock.now()
    row.save(force_insert=True)
    scan = Scan(CREATED, row.created, source)
    ShipmentEvent.objects.bulk_create([_event(row, CREATE, scan, by)])
    return row


def note_tracking(row: Shipment, number: str, carrier: Carrier | None, *, by: str, source: Source) -> None:
    """Give the shipment its number and carrier. Raises Conflict (field ``state``) when it is too late."""
    SHIPMENT.target(row.state, TRACK)
    seen, row.tracking_number, row.carrier = row.state, number, carrier
    _update(row, seen, tracking_number=number, carrier=carrier)
    scan = Scan(row.state, clock.now(), source)
    ShipmentEvent.objects.bulk_create([_event(row, TRACK, scan, by)])


def note_carrier(row: Shipment, carrier: Carrier) -> None:
    """Say who moves the shipment; its ledger's scans tell that already."""
    row.carrier = carrier
    Shipment.objects.filter(pk=row.pk).update(carrier=carrier)


def record(row: Shipment, scans: Iterable[Scan], *, by: str = "") -> Recorded:
    """Write the scans into the ledger of a locked shipment, each once, and give it the state they add up to.

    Raises Conflict (field ``state``) when the shipment was not locked and changed meanwhile.
    """
    ledger = ledger_of(row)
    known = {scan.external_id for scan in ledger if scan.external_id}
    new: list[Scan] = []
    for scan in scans:
        if scan.external_id not in known:
            new.append(scan)
            known |= {scan.external_id} - {""}
    before, row.state = row.state, state_of([*ledger, *new])
    if before != row.state:
        _update(row, before, state=row.state)
    events = [_event(row, verb_for(before, scan.state, scan.source), scan, by) for scan in new]
    ShipmentEvent.objects.bulk_create(events)
    return Recorded(len(new), before, row.state)


def ledger_of(row: Shipment) -> list[Scan]:
    """What has happened to the shipment, but for its making and its numbers."""
    return _scans(row.events.exclude(verb__in=(CREATE, TRACK)))


def _scans(events: QuerySet[ShipmentEvent]) -> list[Scan]:
    fields = ("state", "at", "source", "external_id", "description", "place")
    return [
        Scan(state, at, Source(source), *rest) for state, at, source, *rest in events.values_list(*fields)
    ]


def scans_of_twins(row: Shipment) -> list[Scan]:
    """What carriers said about the shipment's number when it was another's: two boxes may share one."""
    twins = ShipmentEvent.objects.filter(
        shipment__tracking_number=row.tracking_number,
        shipment__created__gte=row.created - SAME_NUMBER,
        tracking_number=row.tracking_number,
        source=Source.CARRIER.value,
    ).exclude(shipment=row)
    if row.carrier_id:
        twins = twins.filter(shipment__carrier=row.carrier_id)
    return _scans(twins)


def forget_words(before: datetime, limit: int) -> int:
    """Forget what was written about parcels before an instant: it may name people. The ledger stays."""
    rows = ShipmentEvent.objects.filter(noted__lt=before).exclude(description="", place="")
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:limit])
    return ShipmentEvent.objects.filter(pk__in=keys).update(description="", place="")


def last_word(row: Shipment) -> datetime:
    """An instant after everything the ledger knows, and not before now: what staff says is the latest."""
    latest = row.events.aggregate(latest=Max("at"))["latest"]
    return max(clock.now(), latest + timedelta(microseconds=1)) if latest else clock.now()


def history(keys: Collection[UUID]) -> QuerySet[ShipmentEvent]:
    """The ledgers of the shipments, in the order in which things happened."""
    return ShipmentEvent.objects.filter(shipment__in=keys).order_by("at", "pk")


def ledgers_of(keys: Collection[UUID]) -> dict[UUID, list[Scan]]:
    """The ledgers of the shipments, as `ledger_of`, in one query."""
    found: dict[UUID, list[Scan]] = {key: [] for key in keys}
    rows = ShipmentEvent.objects.filter(shipment__in=keys).exclude(verb__in=(CREATE, TRACK))
    for key, state, at, source in rows.values_list("shipment_id", "state", "at", "source"):
        found[key].append(Scan(state, at, Source(source)))
    return found


def _with_carrier() -> QuerySet[Shipment]:
    return Shipment.objects.select_related("carrier").defer(*_SECRETS)


def _update(row: Shipment, seen: str, **values: object) -> None:
    if Shipment.objects.filter(pk=row.pk, state=seen).update(**values) != 1:
        raise Conflict("The shipment changed meanwhile.", field="state")


def _event(row: Shipment, verb: str, scan: Scan, by: str) -> ShipmentEvent:
    return ShipmentEvent(
        shipment=row,
        verb=verb,
        state=scan.state,
        tracking_number=row.tracking_number,
        source=scan.source.value,
        description=scan.description,
        place=scan.place,
        external_id=scan.external_id,
        done_by=by,
        at=scan.at,
        noted=clock.now(),
    )
