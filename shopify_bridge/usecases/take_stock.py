"""What Shopify sold, received or corrected is moved into Saleor's stock: reserved, sent, settled."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F

from saleor_plugins.kernel import clock

from ..domain.policy import SALEOR
from ..domain.stock import portion, to_saleor
from ..models import Change, Level, MoveState, StockMove, Subject
from ..saleor.errors import SaleorBusy, SaleorError, SaleorRefused, SaleorUnreachable
from ..saleor.moves import Trace, move, trace
from ..shopify.levels import read_levels
from . import dirty
from . import stock_ledger as ledger
from .locks import exclusive
from .outcome import Done, LaterError, ParkedError
from .sides import Sides
from .stock_ledger import Row, row_of
from .stock_writes import Agreed

log = logging.getLogger(__name__)
_OPEN = (MoveState.RESERVED, MoveState.UNKNOWN)


def take(change: Change, sides: Sides) -> Done:
    """Move units into Saleor's stock: of those the plan saw, the ones that are still due.

    What is due is what Shopify has now, less what both agreed on: done twice, the second time nothing is.
    """
    if sides.policy.stock == SALEOR:
        raise ParkedError("Saleor's stock is no longer changed by Shopify's; plan again")
    rows = [row_of(given) for given in change.payload["levels"]]
    variants = {row.variant for row in rows}
    look_back(sides, variants)
    # The levels first: as long as a row is the same when a move is reserved, no write of ours was between.
    levels = ledger.known(sides.store, variants)
    there = read_levels(sides.client, [row.pair for row in rows])
    here = sides.source.stock(sorted(variants))
    problems = []
    for row in rows:
        level, shopify = levels.get((row.variant, row.warehouse)), there.get(row.pair)
        if level is None or shopify is None or row.variant not in here:
            continue
        known = here[row.variant].get(row.warehouse)
        quantity = known.quantity if known else 0
        due = portion(row.units, shopify - level.agreed)
        units = portion(due, to_saleor(shopify, level.agreed, quantity))
        if units != due:
            problems.append(f"{row.label}: Shopify sold {-due}, Saleor has {quantity} there")
        if units:
            _move(sides, row, level, units, quantity)
    if problems:
        raise ParkedError("; ".join(problems[:5]))
    return Done()


def _move(sides: Sides, row: Row, level: Level, units: int, quantity: int) -> None:
    made = _reserve(level, units, quantity)
    if made is None:
        return
    with exclusive(f"move:{made.pk}"):
        _send(sides, made, row.variant, row.warehouse)


@transaction.atomic
def _reserve(level: Level, units: int, quantity: int) -> StockMove | None:
    """Write the move down, unless the level is not as it was seen: whoever changed it looks at it anew."""
    now = Level.objects.select_for_update().filter(pk=level.pk).first()
    if now is None or now.busy or now.agreed != level.agreed:
        return None
    made = StockMove.objects.create(level=now, units=units, before=quantity, after=quantity + units)
    Level.objects.filter(pk=level.pk).update(busy=made.pk)
    return made


def _send(sides: Sides, made: StockMove, variant: str, warehouse: str) -> None:
    now = clock.now()
    seen = StockMove.objects.filter(pk=made.pk, state__in=_OPEN)
    if not seen.update(state=MoveState.UNKNOWN, sent=now):
        return
    try:
        was = move(sides.source, str(made.pk), variant, warehouse, made.after)
    except SaleorRefused as error:
        _give_up(made, error.message)
        raise ParkedError(error.message) from None
    except SaleorBusy:
        seen.update(sent=None)
        raise
    except SaleorUnreachable as error:
        raise LaterError(f"{error.message}: looking for the stock's move later", 2) from None
    except SaleorError:
        # An answer came: one of the three failed, and the marks do not tell whether it was the stock.
        left = trace(sides.source, str(made.pk), variant, warehouse)
        if left is None or left.quantity != made.after:
            _give_up(made, "Saleor answered with an error")
            raise
        was = made.before
    _settle(made, was)
    if was != made.before:
        # What was changed between looking and moving is not lost: it is due again.
        dirty.mark(sides.store, Subject.STOCK, variant)


@transaction.atomic
def _settle(made: StockMove, was: int) -> None:
    """Agree on what Saleor has really gained, once."""
    gained = made.after - was
    done = StockMove.objects.filter(pk=made.pk, state=MoveState.UNKNOWN)
    if done.update(state=MoveState.DONE, units=gained, settled=clock.now()):
        Level.objects.filter(busy=made.pk).update(busy=None, agreed=F("agreed") + gained)


@transaction.atomic
def _give_up(made: StockMove, reason: str) -> None:
    """Nothing was moved."""
    if StockMove.objects.filter(pk=made.pk, state__in=_OPEN).update(
        state=MoveState.REFUSED, reason=reason[:500], settled=clock.now()
    ):
        Level.objects.filter(busy=made.pk).update(busy=None)


def look_back(sides: Sides, variants: Iterable[str]) -> None:
    """Find out about every write and move of some variants that nobody knows the end of.

    Raises LaterError while somebody else is at it, or Saleor may still be.
    """
    variants = set(variants)
    Agreed(sides.client, sides.store).look_back(variants)
    rows = StockMove.objects.filter(
        level__store=sides.store, level__variant__in=variants, state__in=_OPEN
    ).values_list("pk", flat=True)
    for pk in rows:
        _look_back(sides, pk)


def _look_back(sides: Sides, pk: UUID) -> None:
    with exclusive(f"move:{pk}") as mine:
        if not mine:
            raise LaterError("its stock is being moved into Saleor", 1)
        made = StockMove.objects.select_related("level").get(pk=pk)
        if made.state == MoveState.RESERVED or (made.state == MoveState.UNKNOWN and made.sent is None):
            _give_up(made, "it was never sent")
        elif made.state == MoveState.UNKNOWN:
            level = made.level
            _found(sides, made, trace(sides.source, str(pk), level.variant, level.warehouse))


def _found(sides: Sides, made: StockMove, left: Trace | None) -> None:
    """Settle a move by what it left behind."""
    if left is None:
        _give_up(made, "its variant is gone from Saleor")
    elif left.ended or (left.began and left.quantity == made.after):
        _settle(made, made.before)
    elif left.quantity == made.before:
        _wait_for_answer(made)
        _send(sides, made, made.level.variant, made.level.warehouse)
    elif left.began and made.units > 0:
        # Saleor died within the request and something else changed since: nobody can know. Rather too few.
        log.warning("move %s of %s units may not have reached Saleor", made.pk, made.units)
        _settle(made, made.before)
    else:
        _wait_for_answer(made)
        _give_up(made, "no answer came; it was not done, or nobody can know")


def _wait_for_answer(made: StockMove) -> None:
    """A request without an answer may still be on its way, and would undo what comes before it lands."""
    left = (made.sent or made.created) + timedelta(seconds=settings.BRIDGE_GRACE_SECONDS) - clock.now()
    if left > timedelta():
        raise LaterError("a move of stock got no answer; looking again later", left.total_seconds() + 0.1)
