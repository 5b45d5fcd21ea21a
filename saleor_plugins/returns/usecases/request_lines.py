"""What somebody asks to return, line by line, checked against the order and the merchant's rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from saleor_plugins.http.texts import clean
from saleor_plugins.kernel.errors import Invalid, NotFound, OpsError, Required
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import NewItem, NewOrder

from .. import store
from ..domain.policy import check_available
from ..domain.quantities import MAX_LINES, positive
from ..domain.reasons import Reason, Resolution
from ..domain.shipped import with_customer
from ..models import ReturnLine
from ..store import Desk

_Named = TypeVar("_Named", bound=StrEnum)


@dataclass(frozen=True)
class Item:
    """Units to return, named by their order line or by the fulfilment line they came in."""

    quantity: int
    order_line_id: str = ""
    fulfillment_line_id: str = ""
    reason: str = ""
    reason_code: str = Reason.UNSPECIFIED.value
    resolution: str = Resolution.REFUND.value
    exchange_variant_id: str = ""


class Wishes:
    """Builds the return's lines; nothing is written."""

    def __init__(self, desk: Desk):
        self.desk = desk
        self.left = with_customer(desk.parcels, store.unshown_returns(desk.order.id))
        self.asked: dict[str, int] = {}

    def lines(self, items: Sequence[Item]) -> list[ReturnLine]:
        """One line per item. Raises Required, NotFound and Invalid naming ``lines.N...``."""
        if not items:
            raise Required("Name at least one line.", field="lines")
        if len(items) > MAX_LINES:
            raise Invalid(f"At most {MAX_LINES} lines.", field="lines")
        names = [item.fulfillment_line_id or item.order_line_id for item in items]
        for i, name in enumerate(names):
            if names.index(name) != i:
                raise Invalid("This line is named twice.", field=f"lines.{i}", code="DUPLICATE")
        lines = [self._line(item, f"lines.{i}") for i, item in enumerate(items)]
        self._check_exchanges(lines)
        return lines

    def _line(self, item: Item, field: str) -> ReturnLine:
        if bool(item.order_line_id) == bool(item.fulfillment_line_id):
            raise Invalid("Give either orderLineId or fulfillmentLineId.", field=field)
        quantity = positive(item.quantity, field=f"{field}.quantity")
        line_id = item.order_line_id
        if item.fulfillment_line_id:
            line_id = self._order_line_of(item.fulfillment_line_id, quantity, field)
        account = self.desk.accounts.get(line_id)
        if account is None:
            raise NotFound("No such line in this order.", field=f"{field}.orderLineId")
        self.asked[line_id] = self.asked.get(line_id, 0) + quantity
        check_available(self.asked[line_id], account.available, field=f"{field}.quantity")
        reason = _one_of(Reason, item.reason_code, f"{field}.reasonCode")
        if reason is Reason.UNANNOUNCED:
            raise Invalid("Is for parcels that nobody announced.", field=f"{field}.reasonCode")
        return ReturnLine(
            line=account,
            fulfillment_line_id=item.fulfillment_line_id,
            reason_code=reason.value,
            reason=clean(item.reason, field=f"{field}.reason"),
            requested=quantity,
            **_resolution(item, field),
        )

    def _order_line_of(self, fulfillment_line_id: str, quantity: int, field: str) -> str:
        for line_id, left in self.left.items():
            if fulfillment_line_id in left:
                check_available(quantity, left[fulfillment_line_id], field=f"{field}.quantity")
                return line_id
        raise NotFound("No such line with the customer.", field=f"{field}.fulfillmentLineId")

    def _check_exchanges(self, lines: list[ReturnLine]) -> None:
        """All together, because two lines may want the last unit. Raises naming the line that is too much."""
        wanted = [line for line in lines if line.exchange_variant_id]
        if (error := self._refused(wanted)) is None:
            return
        # What the first few lines cannot have, no more of them can.
        fine, bad = 0, len(wanted)
        while bad - fine > 1:
            middle = (fine + bad) // 2
            found = self._refused(wanted[:middle])
            fine, bad, error = (middle, bad, error) if found is None else (fine, middle, found)
        field = f"lines.{lines.index(wanted[bad - 1])}.exchangeVariantId"
        raise type(error)(error.message, field=field, code=error.code)

    def _refused(self, lines: list[ReturnLine]) -> OpsError | None:
        """Why the shop cannot sell what these lines want, if it cannot."""
        items = tuple(NewItem(line.exchange_variant_id, line.requested) for line in lines)
        try:
            if items:
                shop().quote_order(NewOrder(self.desk.order.id, items))
        except OpsError as error:
            return error
        return None


def withdrawn(items: Sequence[Item]) -> list[Item]:
    """The same units by the law's right."""
    return [replace(item, reason_code=Reason.WITHDRAWAL.value) for item in items]


def _resolution(item: Item, field: str) -> dict[str, str]:
    resolution = _one_of(Resolution, item.resolution, f"{field}.resolution")
    exchange = resolution is Resolution.EXCHANGE
    if exchange and not item.exchange_variant_id:
        raise Required("Say what for.", field=f"{field}.exchangeVariantId")
    if item.exchange_variant_id and not exchange:
        raise Invalid("Only for an EXCHANGE.", field=f"{field}.exchangeVariantId")
    return {"resolution": resolution.value, "exchange_variant_id": item.exchange_variant_id}


def _one_of(kind: type[_Named], value: str, field: str) -> _Named:
    try:
        return kind(value)
    except ValueError:
        raise Invalid(f"Must be one of: {', '.join(kind)}.", field=field) from None
