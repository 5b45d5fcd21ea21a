"""What a return's terms let happen by itself: goods stay with the customer, money at a scan or inspection.

Each step looks at what is there under the order's lock, so it may be called twice, late and out of order.
Money that cannot be decided without a person is left to staff, with a word in the return's history.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from saleor_plugins.kernel.errors import OpsError

from .. import access, store
from ..domain.machines import RefundState, ReturnState
from ..domain.reasons import Resolution
from ..domain.rules import refund_on
from ..domain.rules.terms import LineTerms, Terms
from ..models import ReturnLine
from ..store import Desk, books
from .close_return import close_return
from .keep_units import keep_units
from .refund_plan import Advance
from .refund_return import refund_return

# Somebody else has decided the money: nothing is wrong.
DONE = ("NOTHING_TO_REFUND", "REFUND_PENDING")
LEFT = "leave"
_OPEN = (ReturnState.APPROVED, ReturnState.RECEIVING)


def keep_by_terms(return_id: UUID) -> None:
    """The approved goods that the terms leave with the customer stay there, and their money is decided.

    Only while nobody has touched them: no unit arrived, was kept or paid in advance.
    """
    with transaction.atomic():
        desk = store.open_return(return_id)
        units = [
            (line.pk, line.approved)
            for line in desk.request_lines
            if _terms_of(desk, line).keep and _untouched(line)
        ]
        if units and desk.request.state == ReturnState.APPROVED:
            keep_units(access.SYSTEM, return_id, units)
            _refund(return_id)


def refund_at_scan(return_id: UUID) -> None:
    """A carrier has the parcel: with refund_on SCAN everything that is awaited is paid in advance."""
    with transaction.atomic():
        if store.open_return(return_id).request.scanned and _moment(return_id) == refund_on.SCAN:
            _refund(return_id, advance=True)


def refund_at_inspection(return_id: UUID) -> None:
    """Units were accepted: unless the terms leave it to staff, their money is decided."""
    with transaction.atomic():
        store.open_return(return_id)
        if _moment(return_id) != refund_on.STAFF:
            _refund(return_id)


def close_when_kept(return_id: UUID) -> None:
    """A return of which everything stays with the customer, who has the money, is finished."""
    with transaction.atomic():
        desk = store.open_return(return_id)
        lines = [store.buckets(line) for line in desk.request_lines]
        kept = any(_terms_of(desk, line).keep for line in desk.request_lines)
        over = all(not (each.awaited or each.uncredited) and each.settled == each.credited for each in lines)
        if kept and over and desk.request.state == ReturnState.APPROVED:
            close_return(access.SYSTEM, return_id)


def _moment(return_id: UUID) -> str:
    """When the return's money is given; STAFF for returns without terms."""
    terms = store.find_return(return_id).terms
    return Terms.restored(terms).refund_on if terms else refund_on.STAFF


def _terms_of(desk: Desk, line: ReturnLine) -> LineTerms:
    """Nothing happens by itself for lines that nobody asked for."""
    lines = Terms.restored(desk.request.terms).lines if desk.request.terms else ()
    return lines[line.position] if line.position < len(lines) else LineTerms(line.line_id)


def _untouched(line: ReturnLine) -> bool:
    return line.approved > 0 and not (line.received or line.missing or line.kept or line.credited)


def _refund(return_id: UUID, *, advance: bool = False) -> None:
    """Decide the money of each wish. A refund that a payment refused is tried again by a person only."""
    for wish in (Resolution.REFUND, Resolution.STORE_CREDIT, Resolution.EXCHANGE):
        desk = store.open_return(return_id)
        if desk.request.state not in _OPEN or books.refund_of(desk, RefundState.FAILED):
            return
        lines = [line for line in desk.request_lines if line.resolution == wish.value]
        units = _awaited(lines) if advance else ()
        if not units and not any(store.buckets(line).uncredited for line in lines):
            continue
        try:
            refund_return(access.SYSTEM, return_id, advance=units)
        except OpsError as error:
            if error.code not in DONE:
                store.log(desk.request, LEFT, access.SYSTEM, {"code": error.code, "why": error.message})
            return


def _awaited(lines: list[ReturnLine]) -> Advance:
    """Units that are on their way or here, and neither judged nor paid."""
    found = [(line.pk, store.buckets(line)) for line in lines]
    units = [(key, now.awaited + now.uninspected - now.advanced) for key, now in found]
    return [(key, left) for key, left in units if left > 0]
