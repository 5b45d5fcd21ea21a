"""The public events of the desk."""

from __future__ import annotations

from saleor_plugins.delivery import declare

declare(
    "return.requested",
    "A return was requested: requestedBy (CUSTOMER, STAFF or APP), withdrawal (by the law's right), lines "
    "with requested, reasonCode, resolution (REFUND, STORE_CREDIT or EXCHANGE) and exchangeVariantId.",
)
declare(
    "return.approved",
    "A return was approved, by staff or by rule; goods may be sent to destinationId until expires: lines "
    "with approved and declined.",
)
declare("return.declined", "A return was declined, with the reason: lines with declined.")
declare("return.canceled", "A return was cancelled before anything arrived: lines with declined.")
declare("return.expired", "Nobody sent the goods of an approved return in time: lines with missing.")
declare(
    "return.received",
    "A parcel of a return arrived: warehouseId, trackingNumber, lines with received, and of those late, "
    "unkept and unexpected; unannounced when the return was opened for it.",
)
declare(
    "return.inspected",
    "Received units were judged: lines with accepted or rejected, disposition and grade, restocked with "
    "variantId, warehouseId, quantity and why.",
)
declare(
    "return.followed_up",
    "Units that were put aside were restocked or scrapped: lines with disposition and inspectionId, "
    "restocked as in return.inspected.",
)
declare(
    "return.label_ready",
    "A label for a return was bought: labelId, carrier, trackingNumber. Its picture is read with the API.",
)
declare(
    "return.label_failed",
    "The carrier sells no label for a return: message. The customer may send with a carrier of their own.",
)
declare("return.kept", "The customer keeps units and gets their money: lines with kept.")
declare(
    "return.refunded",
    "All money of a refund was given: lines with quantity, rows (component, line, amounts; fees below zero), "
    "parts with kind (PAYMENT or STORE_CREDIT; EXCHANGE beside them) and amount.",
)
declare(
    "return.exchanged",
    "A new order was made for returned units: newOrderId, newOrderNumber, price, difference (above zero: to "
    "pay; below: given back), and lines, rows and parts as in return.refunded.",
)
declare(
    "return.closed",
    "A return is finished: lines with what changed, and missing, the units that never arrived.",
)
declare(
    "return.reopened",
    "A finished return was taken up again: reason, reopened (how often), lines with missing below zero: "
    "units that are awaited again.",
)
declare(
    "return.message",
    "Somebody wrote about a return: messageId, authorKind, authorId, internal (for staff only), at. What was "
    "written is read with the API.",
)
declare(
    "return.flagged",
    "A return looks unusual: flagId, kind and reason, in plain words. It decides nothing.",
)
declare(
    "refund.failed",
    "A payment refused its part of a refund, or cannot give it any more: failed with paymentId, message and "
    "amount; lines, rows and parts as in return.refunded.",
)
