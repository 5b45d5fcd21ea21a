"""The demand history: written a day at a time, read a page of variants at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from django.db.models import Sum

from ..domain.demand import Key
from ..models import ChangedDay, DailyDemand, DemandCursor

ByCountry = dict[str, dict[str, dict[date, int]]]


def cursor() -> DemandCursor | None:
    """How far the history reaches, None before the first time."""
    return DemandCursor.objects.filter(pk=1).first()


def set_cursor(zone: str, since: date, through: date, full_on: date) -> None:
    """Note how far the history reaches, and when all of it was read."""
    values = {"zone": zone, "since": since, "through": through, "full_on": full_on}
    DemandCursor.objects.update_or_create(pk=1, defaults=values)


def note_changed(day: date) -> None:
    """Remember that orders of a past day changed."""
    ChangedDay.objects.bulk_create([ChangedDay(day=day)], ignore_conflicts=True)


def take_changed() -> list[date]:
    """The remembered days, forgotten with the transaction."""
    days = list(ChangedDay.objects.select_for_update().order_by("day").values_list("day", flat=True))
    ChangedDay.objects.filter(day__in=days).delete()
    return days


def drop_outside(first: date, last: date) -> None:
    """Forget days before `first` and after `last`."""
    DailyDemand.objects.filter(day__lt=first).delete()
    DailyDemand.objects.filter(day__gt=last).delete()


def drop_between(first: date, last: date, but: Iterable[date]) -> int:
    """Forget the days from `first` to `last` except `but`; answers how many rows went."""
    return DailyDemand.objects.filter(day__range=(first, last)).exclude(day__in=list(but)).delete()[0]


def write_day(day: date, units: Mapping[Key, int]) -> int:
    """Make the day's rows exactly `units`, touching only what differs; answers how many rows changed."""
    known = {(row.variant_id, row.country): row for row in DailyDemand.objects.filter(day=day)}
    wanted = {key: count for key, count in units.items() if count}
    gone = [row.pk for key, row in known.items() if key not in wanted]
    new = [
        DailyDemand(variant_id=variant, country=country, day=day, units=count)
        for (variant, country), count in wanted.items()
        if (variant, country) not in known
    ]
    other = [row for key, row in known.items() if key in wanted and row.units != wanted[key]]
    for row in other:
        row.units = wanted[row.variant_id, row.country]
    if gone:
        DailyDemand.objects.filter(pk__in=gone).delete()
    DailyDemand.objects.bulk_create(new, batch_size=1000)
    DailyDemand.objects.bulk_update(other, ["units"], batch_size=1000)
    return len(gone) + len(new) + len(other)


def totals(variant_id: str, first: date, last: date) -> dict[date, int]:
    """Units of a variant per day, all countries together."""
    rows = DailyDemand.objects.filter(variant_id=variant_id, day__range=(first, last))
    return {row["day"]: row["total"] for row in rows.values("day").annotate(total=Sum("units"))}


def read(variant_ids: Collection[str], first: date, last: date) -> ByCountry:
    """Units per variant, country and day, `first` and `last` included; one query."""
    rows = DailyDemand.objects.filter(variant_id__in=variant_ids, day__range=(first, last))
    found: ByCountry = {}
    for variant, country, day, units in rows.values_list("variant_id", "country", "day", "units"):
        found.setdefault(variant, {}).setdefault(country, {})[day] = units
    return found
