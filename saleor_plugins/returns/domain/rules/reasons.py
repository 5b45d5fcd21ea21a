"""Which reasons are offered, and what each must be shown with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ..reasons import Reason
from .fields import many, one_of, table, whole
from .kind import REFUSE, Given, Kind, Verdict, counted

NOT_OFFERED = "REASON_NOT_OFFERED"
EVIDENCE = "EVIDENCE"
MOST_PHOTOS = 5

# Nobody chooses these: one is for parcels that came unannounced, one is the law's own function.
_OFFERED = tuple(reason.value for reason in Reason if reason not in (Reason.UNANNOUNCED, Reason.WITHDRAWAL))


class Evidence(NamedTuple):
    """A reason that is offered, how many photos it needs, and whether it needs words."""

    code: str
    photos: int = 0
    note: bool = False


def decide(given: Given) -> Verdict | None:
    """What is offered; of a request the reason it has. Without a clause everything, with no evidence."""
    values, reason = given.values or {}, given.line.reason
    codes = values.get("offer", _OFFERED)
    if not reason:
        return Verdict("", "", tuple(_evidence(values, code) for code in codes))
    if reason not in codes:
        why = f"The reason {reason} is not offered for {given.line.name or 'this item'}."
        return Verdict(NOT_OFFERED, why, (), REFUSE)
    mine = _evidence(values, reason)
    if mine.photos or mine.note:
        return Verdict(EVIDENCE, f"{reason} needs {_words(mine)}.", (mine,))
    return Verdict("", "", (mine,))


def _evidence(values: Mapping[str, Any], code: str) -> Evidence:
    return Evidence(code, values.get("photos", {}).get(code, 0), code in values.get("note", ()))


def _words(needed: Evidence) -> str:
    parts = [counted(needed.photos, "photo")] if needed.photos else []
    return " and ".join([*parts, "a note"] if needed.note else parts)


_CODE = one_of(_OFFERED)
KIND = Kind(
    "reasons",
    {"offer": many(_CODE), "photos": table(_CODE, whole(1, MOST_PHOTOS)), "note": many(_CODE)},
    decide,
    any_of=("offer", "photos", "note"),
)
