"""Orders to suppliers at every point of their life, and each of their verbs, ready to be killed or raced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from saleor_plugins.kernel import clock
from saleor_plugins.restock.domain.edits import Edit
from saleor_plugins.restock.domain.order import Arrival
from saleor_plugins.restock.models import Discrepancy, PurchaseOrder, PurchaseOrderLine, StockMovement
from saleor_plugins.restock.usecases.approve_order import approve_order
from saleor_plugins.restock.usecases.audit import audit
from saleor_plugins.restock.usecases.book_cost import book_cost
from saleor_plugins.restock.usecases.cancel_order import cancel_order
from saleor_plugins.restock.usecases.close_order import close_order
from saleor_plugins.restock.usecases.create_order import create_order
from saleor_plugins.restock.usecases.edit_order import edit_order
from saleor_plugins.restock.usecases.order_lines import Wanted
from saleor_plugins.restock.usecases.postpone_order import postpone_order
from saleor_plugins.restock.usecases.receive_lines import Unordered
from saleor_plugins.restock.usecases.receive_order import receive_order
from saleor_plugins.restock.usecases.settle_discrepancy import note_discrepancy, settle_discrepancy
from tests.integration.restock.rooms import Room, make_room


@dataclass
class Scene:
    """A shop in which nobody but the deliveries moves stock."""

    room: Room
    variants: list[Any]
    stray: Any
    order_id: UUID

    @property
    def order(self) -> PurchaseOrder:
        return PurchaseOrder.objects.get(pk=self.order_id)

    @property
    def lines(self) -> list[PurchaseOrderLine]:
        return list(PurchaseOrderLine.objects.filter(order_id=self.order_id).order_by("id"))

    def on_hand(self) -> dict[str, int]:
        return {variant.id: self.room.on_hand(variant.id) for variant in [*self.variants, self.stray]}

    def check(self) -> None:
        """Saleor's stock, the ledger, the counters and the states say one thing."""
        assert audit() == []
        for variant_id, lies in self.on_hand().items():
            moved = StockMovement.objects.filter(variant_id=variant_id).values_list("quantity", flat=True)
            assert lies == sum(moved), variant_id
        for line in self.lines:
            assert line.received <= line.ordered + line.tolerance


def make_scene(state: str = "DRAFT") -> Scene:
    """An order of three lines by hand, brought to `state`."""
    room = make_room()
    variants = [room.data.make_variant(stock={room.house: 0}) for _ in range(3)]
    for variant in variants:
        room.sells(variant, "3.33")
    stray = room.data.make_variant(stock={room.house: 0})
    wanted = [Wanted(variant.id, 10) for variant in variants]
    order = create_order(room.supplier.pk, room.house.id, wanted)
    scene = Scene(room, variants, stray, order.pk)
    if state != "DRAFT":
        approve_order(order.pk)
    if state == "PARTLY_RECEIVED":
        receive_order(order.pk, "first", [Arrival(str(scene.lines[0].pk), 4, damaged=1)])
    return scene


def _receive(scene: Scene) -> Any:
    one, two, _ = scene.lines
    arrivals = [Arrival(str(two.pk), 10), Arrival(str(one.pk), 12, damaged=2)]
    strays = [Unordered(3, sku=scene.stray.sku, stock=True), Unordered(1, sku="?")]
    return receive_order(scene.order_id, "note", arrivals, unordered=strays, accept_over=True)


def _receive_all(scene: Scene) -> Any:
    arrivals = [Arrival(str(line.pk), line.ordered) for line in scene.lines]
    return receive_order(scene.order_id, "note", arrivals)


def _amend(scene: Scene) -> Any:
    one, two, _ = scene.lines
    edits = [Edit(line_id=str(one.pk), quantity=20), Edit(line_id=str(two.pk), remove=True)]
    edits.append(Edit(variant_id=scene.stray.id, quantity=5, price="1"))
    return edit_order(scene.order_id, edits, revision=1)


def _create(scene: Scene) -> Any:
    wanted = [Wanted(scene.stray.id, 5, "1.00")]
    return create_order(scene.room.supplier.pk, scene.room.house.id, wanted, currency="USD")


def _settle(scene: Scene) -> Any:
    return settle_discrepancy(Discrepancy.objects.get(kind="DAMAGED").pk, "Credited")


def _note(scene: Scene) -> Any:
    return note_discrepancy(scene.order_id, scene.lines[0].pk, "PRICE", 1, "Billed at 4")


def _later() -> date:
    return (clock.now() + timedelta(days=9)).date()


VERBS: dict[str, tuple[str, Callable[[Scene], Any]]] = {
    "create": ("DRAFT", _create),
    "edit": ("DRAFT", _amend),
    "approve": ("DRAFT", lambda scene: approve_order(scene.order_id)),
    "amend": ("APPROVED", _amend),
    "postpone": ("APPROVED", lambda scene: postpone_order(scene.order_id, _later())),
    "receive": ("APPROVED", _receive),
    "receive all": ("APPROVED", _receive_all),
    "receive the rest": ("PARTLY_RECEIVED", _receive),
    "cancel": ("APPROVED", lambda scene: cancel_order(scene.order_id)),
    "cancel the rest": ("PARTLY_RECEIVED", lambda scene: cancel_order(scene.order_id)),
    "close short": ("PARTLY_RECEIVED", lambda scene: close_order(scene.order_id)),
    "book a cost": ("APPROVED", lambda scene: book_cost(scene.order_id, "bill", "DUTY", "5")),
    "settle": ("PARTLY_RECEIVED", _settle),
    "note": ("PARTLY_RECEIVED", _note),
}
"""By name: the state in which it is done, and doing it."""
