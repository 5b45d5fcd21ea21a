"""The demand history: written a day at a time, read a page of variants at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, fields
from datetime import date

from django.db.models import Sum

from ..domain.demand import Key, Tally
from ..domain.reading import Reach
from ..models import ChangedDay, DailyDemand, DemandCursor


def reach() -> Reach | None:
    """How far the history reaches, None before the first time."""
    names = [field.name for field in fields(Reach)]
    row = DemandCursor.objects.filter(pk=1).values(*names).first()
    return Reach(**row) if row else None


def set_reach(after: Reach) -> None:
    """Note how far the history reaches."""
    DemandCursor.objects.update_or_create(pk=1, defaults=asdict(after))


def note_changed(day: date) -> None:
    """Remember that orders of a past day changed."""
    ChangedDay.objects.bulk_create([ChangedDay(day=day)], ignore_conflicts=True)


def take_changed() -> list[date]:
    """The remembered days, forgotten with the transaction."""
    days = list(ChangedDay.objects.select_for_update().order_by("day").values_list("day", flat=True))
    ChangedDay.objects.filter(day__in=days).delete()
    return days


def drop_outside(first: date, last: date) -> int:
    """Forget days before `first` and after `last`; answers how many rows went."""
    early = DailyDemand.objects.filter(day__lt=first).delete()[0]
    return early + DailyDemand.objects.filter(day__gt=last).delete()[0]


def drop_between(first: date, last: date, but: Iterable[date]) -> int:
    """Forget the days from `first` to `last` except `but`; answers how many rows went."""
    return DailyDemand.objects.filter(day__range=(first, last)).exclude(day__in=list(but)).delete()[0]


def write_day(day: date, tallies: Mapping[Key, Tally]) -> int:
    """Make the day's rows exactly `tallies`, touching only what differs; answers how many rows changed."""
    known = {(row.variant_id, row.country): row for row in DailyDemand.objects.filter(day=day)}
    gone = [row.pk for key, row in known.items() if key not in tallies]
    new, other = [], []
    for (variant, country), tally in tallies.items():
        row = known.get((variant, country))
        if row is None:
            new.append(DailyDemand(variant_id=variant, country=country, day=day, **asdict(tally)))
        elif (row.units, row.returned) != (tally.units, tally.returned):
            row.units, row.returned = tally.units, tally.returned
            other.append(row)
    if gone:
        DailyDemand.objects.filter(pk__in=gone).delete()
    DailyDemand.objects.bulk_create(new, batch_size=1000)
    DailyDemand.objects.bulk_update(other, ["units", "returned"], batch_size=1000)
    return len(gone) + len(new) + len(other)


def variants(after: str, limit: int) -> list[str]:
    """Variants of the history, sorted, in pages after one of them."""
    rows = DailyDemand.objects.filter(variant_id__gt=after).order_by("variant_id")
    return list(rows.values_list("variant_id", flat=True).distinct()[:limit])


def forget(variant_ids: Collection[str]) -> int:
    """Forget variants; answers how many rows went."""
    return DailyDemand.objects.filter(variant_id__in=variant_ids).delete()[0] if variant_ids else 0


def totals(variant_id: str, first: date, last: date) -> dict[date, tuple[int, int]]:
    """Units of a variant sold on each day, and those of them that came back; all countries together."""
    rows = DailyDemand.objects.filter(variant_id=variant_id, day__range=(first, last))
    sums = rows.values("day").annotate(sold=Sum("units"), back=Sum("returned"))
    return {row["day"]: (row["sold"], row["back"]) for row in sums}
