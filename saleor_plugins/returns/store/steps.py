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
    seen, target = rma.state, RETURN.target(rma.state, verb)
    closed = clock.now() if target == ReturnState.CLOSED else rma.closed
    if not Return.objects.filter(pk=rma.pk, state=seen).update(state=target, closed=closed):
        raise Conflict("The return was changed meanwhile.", field="id")
    rma.state, rma.closed = target, closed


def buckets(line: ReturnLine) -> Buckets:
    """The line's quantities."""
    return Buckets(**{name: getattr(line, name) for name in BUCKETS})


def save_buckets(line: ReturnLine, now: Buckets) -> None:
    """Store the quantities, and what they mean for others who want to return units of the same order line."""
    before = buckets(line)
    for name, units in asdict(now).items():
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


def release(desk: Desk) -> None:
    """Give up every unit that is still out."""
    for line in desk.request_lines:
        save_buckets(line, buckets(line).release())


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
