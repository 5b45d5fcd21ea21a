"""Which days of sales to read next, so that a reading which was killed goes on where it was."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta

HISTORY_DAYS = 156 * 7
"""Days of history kept: three years, for seasons; whole weeks, so that weekdays weigh alike."""

REREAD_DAYS = 35
"""Days read again every time: orders are cancelled and corrected mostly within a month."""

FULL_EVERY = timedelta(days=7)
"""How often all of it is read again, for what no hook reported."""

BATCH_DAYS = 28
"""Days that one transaction of a whole reading reads."""

ONE = timedelta(days=1)
Span = tuple[date, date]


@dataclass(frozen=True)
class Reach:
    """How far the history reaches: days `since` to `through` of `zone`, all of it read since `full_on`.

    While a whole reading runs, `reading` is the next day that it reads.
    """

    zone: str
    since: date
    through: date
    full_on: date
    reading: date | None = None


@dataclass(frozen=True)
class Step:
    """The days that one transaction reads, and how far the history reaches once it did (None: as before).

    `since` is the first day kept. `whole` are the steps of a whole reading; the one that is not is the last.
    """

    first: date
    last: date
    since: date
    after: Reach | None
    whole: bool = False

    def spans(self, noted: Collection[date]) -> list[Span]:
        """What to read, with past days whose orders were `noted` to have changed."""
        before = sorted(day for day in noted if self.since <= day < self.first)
        return [(day, day) for day in before] + [(self.first, self.last)]


def next_step(
    known: Reach | None, zone: str, today: date, *, full: bool = False, brief: bool = False
) -> Step:
    """What to read now; `full` begins again with the first day.

    A whole reading takes several steps, and one over the last days and the noted ones follows it. `brief`
    is that one alone, for somebody who waits: a whole reading that is due or under way is left to others.
    """
    first = today - timedelta(days=HISTORY_DAYS - 1)
    recent = max(today - timedelta(days=REREAD_DAYS), first)
    if brief and (known is None or known.reading is not None or doubtful(known, zone, today)):
        return Step(recent, today, first, None)
    if known is None:
        known = Reach(zone, first, first - ONE, today, first)
    elif full or doubtful(known, zone, today):
        known = replace(known, zone=zone, full_on=today, reading=first, through=min(known.through, today))
    if known.reading is not None:
        return _batch(known, known.reading, first, today)
    return Step(recent, today, first, Reach(zone, first, today, known.full_on))


def doubtful(known: Reach, zone: str, today: date) -> bool:
    """Whether only reading everything is safe: other days, a pause that lost hooks, a clock set back."""
    if known.zone != zone or known.full_on > today or today - known.full_on >= FULL_EVERY:
        return True
    return known.reading is None and (known.through > today or today - known.through > ONE)


def _batch(known: Reach, reading: date, first: date, today: date) -> Step:
    begin = max(reading, first)
    end = min(begin + timedelta(days=BATCH_DAYS - 1), today)
    after = replace(known, since=first, through=max(known.through, end), reading=end + ONE)
    if end >= today:
        after = replace(after, through=today, reading=None)
    return Step(begin, end, first, after, whole=True)
