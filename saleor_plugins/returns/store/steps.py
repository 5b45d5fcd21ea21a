"""Changes of a return and its lines, each of them checked against the state that was seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict
from saleor_plugins.platform.port import Asker

from ..domain.machines import RETURN, ReturnState
from ..domain.quantities import Buckets
from ..models import LedgerEntry, Return, ReturnLine
from .desk import Desk

BUCKETS = tuple(field.name for field in fields(Buckets))


def move(rma: Return, verb: str) -> None:
    """Take the return through `verb`; raises Conflict when it is not in a state for it."""
    seen, target, now = rma.state, RETURN.target(rma.state, verb), clock.now()
    values = {"state": target, "closed": now if target == ReturnState.CLOSED else None}
    if verb == "approve":
        values["approved"] = now
    if not Return.objects.filter(pk=rma.pk, state=seen).update(**values):
        raise Conflict("The return was changed meanwhile.", field="id")
    for name, value in values.items():
        setattr(rma, name, value)


def buckets(line: ReturnLine) -> Buckets:
    """The line's quantities."""
    return Buckets(**{name: getattr(line, name) for name in BUCKETS})


def save_buckets(line: ReturnLine, now: Buckets) -> None:
    """Store the quantities, and what they mean for others who want to return units of the same order line."""
    before = buckets(line)
    for name, units in asdict(now).items():
        _note(line, name, units - getattr(line, name))
        setattr(line, name, units)
    line.save(update_fields=BUCKETS)
    moved = (now.held - before.held, now.received - before.received, now.kept - before.kept)
    if any(moved):
        account = line.line
        account.reserved, account.returned, account.kept = (
            account.reserved + moved[0],
            account.returned + moved[1],
            account.kept + moved[2],
        )
        account.save(update_fields=["reserved", "returned", "kept"])


def _note(line: ReturnLine, bucket: str, units: int) -> None:
    """Remember what changed since the line was loaded, for the event that tells of it."""
    if units:
        line.changed = {**changed(line), bucket: changed(line).get(bucket, 0) + units}


def changed(line: ReturnLine) -> dict[str, int]:
    """By bucket, how many units were added (or taken) since the line was loaded."""
    return getattr(line, "changed", {})


def release(desk: Desk) -> None:
    """Give up every unit that is still out."""
    for line in desk.request_lines:
        save_buckets(line, buckets(line).release())


def revive(desk: Desk) -> None:
    """Every missing unit that nobody else has asked for is awaited again."""
    for line in desk.request_lines:
        units = min(line.line.available, line.missing)
        if units:
            save_buckets(line, buckets(line).find(units))


def log(rma: Return, verb: str, asker: Asker, data: Mapping[str, Any]) -> None:
    """Append who did what."""
    LedgerEntry.objects.create(
        rma=rma,
        verb=verb,
        asker_kind=asker.kind.value,
        asker_id=asker.id or "",
        data=dict(data),
        at=clock.now(),
    )
