"""What is printed for a parcel that comes back, and what is shown at a counter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import NotFound
from saleor_plugins.platform import shop

from .. import store
from ..domain.machines import ReturnState
from ..domain.rules.methods import QR
from ..models import Return
from ..store.labels import bought_label

# Goods may still be under way.
_ALIVE = (ReturnState.APPROVED.value, ReturnState.RECEIVING.value)


@dataclass(frozen=True)
class Row:
    """Units to put into the parcel."""

    sku: str
    name: str
    units: int


@dataclass(frozen=True)
class Slip:
    """A return slip: no word of it names the customer. `until` is the last day to send, if there is one."""

    number: str
    order_number: str
    language: str
    to: tuple[str, ...]
    rows: tuple[Row, ...]
    until: date | None

    @property
    def units(self) -> int:
        """How many there are in all."""
        return sum(row.units for row in self.rows)


@dataclass(frozen=True)
class Code:
    """What is shown at a counter: the carrier's where a label was bought, else the return's own number."""

    number: str
    text: str
    of_carrier: bool
    language: str


def return_slip(return_id: UUID) -> Slip:
    """The slip of a return whose goods may come. Raises NotFound (``id``) for any other."""
    rma = _alive(return_id)
    lines = rma.lines.select_related("line").order_by("position")
    rows = [Row(row.line.sku, row.line.name, store.buckets(row).awaited) for row in lines]
    return Slip(
        rma.number,
        rma.order.number,
        rma.language,
        _address(rma),
        tuple(row for row in rows if row.units),
        _last_day(rma),
    )


def counter_code(return_id: UUID) -> Code:
    """The code of a return whose goods may come. Raises NotFound (``id``), also until its label is there."""
    rma = _alive(return_id)
    if rma.method != QR:
        return Code(rma.number, rma.number, False, rma.language)
    label = bought_label(rma.pk)
    if label is None:
        raise NotFound("Its label is not there yet.", field="id")
    return Code(rma.number, label.tracking_number, True, rma.language)


def _alive(return_id: UUID) -> Return:
    rma = Return.objects.select_related("order").filter(pk=return_id, state__in=_ALIVE).first()
    if rma is None:
        raise NotFound("No such return, or nothing of it is awaited.", field="id")
    return rma


def _address(rma: Return) -> tuple[str, ...]:
    try:
        return shop().warehouse_address(rma.destination_id).lines
    except NotFound:
        return ()


def _last_day(rma: Return) -> date | None:
    if rma.expires is None or rma.scanned:
        return None
    return clock.day_of(rma.expires - timedelta(microseconds=1), shop().time_zone())
