"""A scene for each mutation of the desk: what must have happened before, and what is then asked for."""

from __future__ import annotations

import base64
from typing import Any
from unittest import mock

from saleor_plugins.delivery.relay import drain
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.ids import from_global, new_id, to_global
from saleor_plugins.platform.port import OrderStatus, RefundResult, RefundStatus
from saleor_plugins.returns.models import Flag, Inspection, Refund, RefundPart, Return, ReturnLabel
from saleor_plugins.returns.usecases import send_refund
from saleor_plugins.returns.usecases.approve_return import approve_return
from saleor_plugins.returns.usecases.close_return import close_return
from saleor_plugins.returns.usecases.declare_withdrawal import Declaration, declare_withdrawal
from saleor_plugins.returns.usecases.decline_return import decline_return
from saleor_plugins.returns.usecases.exchange_return import exchange_return
from saleor_plugins.returns.usecases.mail_templates import set_template
from saleor_plugins.returns.usecases.photos import add_photo
from saleor_plugins.returns.usecases.request_access import request_access
from saleor_plugins.returns.usecases.save_rulebook import save_rulebook
from saleor_plugins.returns.usecases.send_access_code import send_access_code
from saleor_plugins.returns.usecases.stray_parcels import add_stray
from tests.integration.returns.papers import draft_of, photo_file
from tests.integration.returns.rooms import STAFF, Room

Variables = dict[str, Any]


def key(rma: Return) -> str:
    return to_global("Return", rma.pk)


def line_keys(room: Room, rma: Return) -> list[str]:
    return [to_global("ReturnLine", pk) for pk in room.keys(rma)]


def requested(room: Room) -> Return:
    return room.request(room.make_shipped(2), 2)


def approved(room: Room) -> Return:
    return approve_return(STAFF, requested(room).pk)


def received(room: Room) -> Return:
    return room.receive(approved(room), 2)


def returnRequest(room: Room) -> Variables:
    order = room.make_shipped(2)
    lines = [{"orderLineId": order.lines[0].id, "quantity": 2, "reason": "Too small"}]
    return {"orderId": order.id, "lines": lines}


def returnApprove(room: Room) -> Variables:
    return {"id": key(requested(room))}


def returnDecline(room: Room) -> Variables:
    return {"id": key(requested(room)), "reason": "Worn."}


def returnCancel(room: Room) -> Variables:
    return {"id": key(requested(room))}


def returnReceive(room: Room) -> Variables:
    rma = approved(room)
    lines = [{"returnLineId": line, "quantity": 2} for line in line_keys(room, rma)]
    return {"id": key(rma), "warehouseId": room.house.id, "lines": lines}


def returnInspect(room: Room) -> Variables:
    rma = received(room)
    lines = [{"returnLineId": line, "quantity": 2, "disposition": "RESTOCK"} for line in line_keys(room, rma)]
    return {"id": key(rma), "lines": lines}


def returnRefund(room: Room) -> Variables:
    return {"id": key(room.accepted(room.make_shipped(2), 2))}


def returnRefundResolve(room: Room) -> Variables:
    rma = room.refunded(room.make_shipped(2), 2)
    lost = RefundResult(RefundStatus.UNKNOWN)
    with mock.patch.object(send_refund, "_call", lambda *_: lost):
        drain(strict=False)
    part = RefundPart.objects.get(refund__rma=rma)
    refund = to_global("Refund", Refund.objects.get(rma=rma).pk)
    return {"id": refund, "paymentId": part.payment_id, "happened": False, "reason": "Asked them."}


def returnClose(room: Room) -> Variables:
    rma = room.refunded(room.make_shipped(2), 2)
    drain()
    return {"id": key(rma)}


def closed(room: Room) -> Return:
    rma = room.refunded(room.make_shipped(2), 2)
    drain()
    return close_return(STAFF, rma.pk)


def returnReceiveUnannounced(room: Room) -> Variables:
    order = room.make_shipped(2)
    lines = [{"orderLineId": order.lines[0].id, "quantity": 2}]
    return {"orderId": order.id, "warehouseId": room.house.id, "lines": lines, "trackingNumber": "N1"}


def returnFollowUp(room: Room) -> Variables:
    rma = room.inspect(received(room), 2, disposition="REFURBISH")
    row = Inspection.objects.get(receipt_line__return_line__rma=rma)
    return {"inspectionId": to_global("Inspection", row.pk), "quantity": 2, "outcome": "RESTOCK"}


def returnTrack(room: Room) -> Variables:
    return {"id": key(approved(room)), "carrier": "DHL", "trackingNumber": "N1", "scanned": True}


def returnKeep(room: Room) -> Variables:
    rma = approved(room)
    return {"id": key(rma), "lines": [{"returnLineId": line_keys(room, rma)[0], "quantity": 2}]}


def returnReopen(room: Room) -> Variables:
    return {"id": key(closed(room)), "reason": "A late parcel."}


def returnMessage(room: Room) -> Variables:
    return {"id": key(requested(room)), "body": "Where is it?"}


def returnPhotoAdd(room: Room) -> Variables:
    line = line_keys(room, requested(room))[0]
    return {"returnLineId": line, "content": base64.b64encode(photo_file().read()).decode()}


def returnPhotoRemove(room: Room) -> Variables:
    order = room.make_shipped(1)
    photo = add_photo(draft_of(order), order.lines[0].id, photo_file())
    return {"id": to_global("ReturnPhoto", photo.pk)}


def returnLabelBuy(room: Room) -> Variables:
    room.configure(label_carrier="generic", label_service="standard")
    return {"id": key(approved(room))}


def returnLabelResolve(room: Room) -> Variables:
    label = ReturnLabel.objects.create(rma=approved(room), sequence=1, state="UNKNOWN", created=clock.now())
    return {"id": to_global("ReturnLabel", label.pk), "bought": True, "trackingNumber": "N1"}


def stray(room: Room) -> str:
    return to_global("StrayParcel", add_stray(STAFF, room.house.id, "N1").pk)


def returnStrayAdd(room: Room) -> Variables:
    return {"warehouseId": room.house.id, "trackingNumber": "N1", "note": "A brown box."}


def returnStrayMatch(room: Room) -> Variables:
    return {"id": stray(room), "returnId": key(approved(room))}


def returnStrayDismiss(room: Room) -> Variables:
    return {"id": stray(room), "reason": "Not ours."}


def returnExchange(room: Room) -> Variables:
    """For two dearer and one cheaper thing, so that a new order is made."""
    rma = room.accepted(room.make_shipped(2), 2)
    items = [{"variantId": goods(room, 900), "quantity": 1}, {"variantId": goods(room, 700), "quantity": 2}]
    return {"id": key(rma), "items": items}


def goods(room: Room, price: int) -> str:
    variant = room.data.make_variant(price=price, stock={room.house: 9})
    return str(variant.id)


def returnExchangeCancel(room: Room) -> Variables:
    rma = room.accepted(room.make_shipped(2), 2)
    made = exchange_return(STAFF, rma.pk, [(goods(room, 1500), 1)])
    order = room.data.shop.order(made.order_id)
    room.data.set_status(order, OrderStatus.CANCELED)
    return {"id": key(rma), "orderId": order.id}


def returnOrderReview(room: Room) -> Variables:
    """An order whose rows are together less than its total."""
    order = room.make_shipped(2)
    rows = room.data.model("order.Order").objects.filter(pk=from_global(order.id, "Order"))
    rows.update(total_net_amount=25, total_gross_amount=25)
    rma = room.accepted(order, 2)
    lines = [{"orderLineId": order.lines[0].id, "net": "15.00", "tax": "0.00"}]
    return {"id": key(rma), "lines": lines, "reason": "As on the receipt."}


def returnMailTemplateSet(room: Room) -> Variables:
    return {"kind": "DECLINED", "language": "de", "subject": "Leider", "text": "{{ reason }}"}


def returnMailTemplateReset(room: Room) -> Variables:
    set_template("declined", "pl", "Niestety", "{{ reason }}")
    return {"kind": "DECLINED", "language": "pl"}


def returnRulebookSave(room: Room) -> Variables:
    return {"document": '{"window": [{"days": 10}]}', "note": "For Christmas."}


def returnRulebookActivate(room: Room) -> Variables:
    rules = save_rulebook(STAFF, {"window": [{"days": 30}]}, f"{new_id()}")
    return {"id": to_global("Rulebook", rules.pk), "simulate": True}


def returnAccessRequest(room: Room) -> Variables:
    order = room.make_shipped(1)
    return {"orderNumber": order.number, "email": order.email}


def returnAccessConfirm(room: Room) -> Variables:
    """The code from the mail."""
    order = room.make_shipped(1)
    asked = request_access(order.number, order.email, language="en")
    send_access_code(asked.pk)
    text = room.data.mails()[-1][2]
    code = next(line for line in text.splitlines() if line.startswith("    "))
    return {"id": to_global("ReturnAccess", asked.pk), "code": code.strip()}


def withdrawalDeclare(room: Room) -> Variables:
    order = room.make_shipped(1)
    return {"orderNumber": order.number, "name": "Ada", "email": order.email}


def withdrawalSettle(room: Room) -> Variables:
    said = declare_withdrawal(Declaration("Ada", "no such order", "ada@example.com"), new_id())
    return {"id": to_global("WithdrawalStatement", said.pk), "outcome": "Not an order of ours."}


def returnFlagDismiss(room: Room) -> Variables:
    facts = {"kind": "WARDROBING", "reason": "On the last day.", "created": clock.now()}
    return {
        "id": to_global("ReturnFlag", Flag.objects.create(rma=requested(room), **facts).pk),
        "note": "Known.",
    }


def returnsPersonErase(room: Room) -> Variables:
    order = room.make_shipped(1, email="erased@example.com")
    decline_return(STAFF, room.request(order, 1).pk, "Worn.")
    return {"email": "erased@example.com", "dryRun": False}


SCENES = {name: scene for name, scene in globals().items() if name.startswith(("return", "withdrawal"))}
