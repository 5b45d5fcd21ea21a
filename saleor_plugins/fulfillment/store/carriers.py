"""Carriers, and the scans of theirs that wait for a parcel."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from ...kernel import clock
from ...kernel.errors import NotFound
from ..domain.parcels.shipment import CANCELED, OUTWARD, Scan, Source
from ..models import Carrier, Shipment, StrayScan


def carriers() -> list[Carrier]:
    """Every carrier, by name, without its secrets."""
    return list(_secretless().order_by("name"))


def carrier(key: UUID, *, lock: bool = False) -> Carrier:
    """The carrier. Raises NotFound (field ``id``)."""
    rows = Carrier.objects.select_for_update() if lock else _secretless()
    found = rows.filter(pk=key).first()
    if found is None:
        raise NotFound("No such carrier.", field="id")
    return found


def carriers_named(names: Collection[str]) -> dict[str, Carrier]:
    """Active carriers by lower-case name."""
    wanted = {name.casefold() for name in names}
    rows = _secretless().filter(is_active=True)
    return {row.name.casefold(): row for row in rows if row.name.casefold() in wanted}


def add_carrier(name: str, secret: str) -> Carrier:
    """A new carrier."""
    return Carrier.objects.create(name=name, secret=secret)


def change_carrier(row: Carrier, **values: object) -> Carrier:
    """Store `values`."""
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
    return row


def name_taken(name: str, besides: UUID | None) -> bool:
    """Whether another carrier is called so, in whatever case."""
    return Carrier.objects.filter(name__iexact=name).exclude(pk=besides).exists()


def secrets_of(key: UUID) -> list[str] | None:
    """The secrets that are good now; None when there is no such carrier at work."""
    row = Carrier.objects.filter(pk=key, is_active=True).first()
    if row is None:
        return None
    old = row.previous_until and row.previous_until > clock.now()
    return [row.secret, row.previous_secret] if old else [row.secret]


def park(row: Carrier, found: Iterable[tuple[str, Scan]]) -> None:
    """Keep scans of numbers that no parcel has, each once."""
    now = clock.now()
    StrayScan.objects.bulk_create(
        [
            StrayScan(
                carrier=row,
                tracking_number=number,
                state=scan.state,
                external_id=scan.external_id,
                description=scan.description,
                place=scan.place,
                at=scan.at,
                noted=now,
            )
            for number, scan in found
        ],
        ignore_conflicts=True,
    )


def strays() -> QuerySet[StrayScan]:
    """Scans that wait for a parcel."""
    return StrayScan.objects.select_related("carrier").defer(
        "carrier__secret", "carrier__previous_secret", "carrier__api_settings"
    )


def take_strays(number: str, of: UUID | None) -> tuple[UUID | None, list[Scan]]:
    """Take out what waited for a number: of the given carrier, or of the only one that reported it.

    Answers whose scans they are. Two carriers that report one number are left for a person to tell apart.
    """
    rows = StrayScan.objects.select_for_update().filter(tracking_number=number).order_by("pk")
    found = [row for row in rows if of in (None, row.carrier_id)]
    owners = {row.carrier_id for row in found}
    if len(owners) != 1:
        return None, []
    StrayScan.objects.filter(pk__in=[row.pk for row in found]).delete()
    scans = [
        Scan(row.state, row.at, Source.CARRIER, row.external_id, row.description, row.place) for row in found
    ]
    return owners.pop(), scans


def claimed_numbers(limit: int = 200) -> list[str]:
    """Numbers of waiting scans that some parcel of theirs has."""
    mine = Shipment.objects.filter(tracking_number=OuterRef("tracking_number")).exclude(state=CANCELED)
    fits = mine.filter(Q(carrier=None) | Q(carrier=OuterRef("carrier")))
    rows = StrayScan.objects.filter(Exists(fits)).order_by("pk").values_list("tracking_number", flat=True)
    return list(dict.fromkeys(rows[:limit]))


def forget_strays(before: datetime) -> int:
    """Delete what has waited since before an instant."""
    return StrayScan.objects.filter(noted__lt=before).delete()[0]


def service_of(key: UUID) -> tuple[str, str]:
    """karrio's name of the carrier, "" for none, and its settings as JSON. Raises NotFound (``id``)."""
    found = Carrier.objects.filter(pk=key).values_list("api", "api_settings").first()
    if found is None:
        raise NotFound("No such carrier.", field="id")
    return found[0], found[1]


def carriers_to_ask() -> list[UUID]:
    """Active carriers whose own service knows about their parcels."""
    return list(Carrier.objects.filter(is_active=True).exclude(api="").values_list("pk", flat=True))


def numbers_under_way(key: UUID, since: datetime, limit: int) -> list[str]:
    """Tracking numbers of the carrier's parcels that have not arrived, made since then, newest first."""
    rows = Shipment.objects.filter(carrier=key, state__in=OUTWARD, created__gte=since)
    numbers = rows.exclude(tracking_number="").order_by("-pk").values_list("tracking_number", flat=True)
    return list(dict.fromkeys(numbers[:limit]))


def _secretless() -> QuerySet[Carrier]:
    return Carrier.objects.defer("secret", "previous_secret", "api_settings")
