"""What the room tells the world."""

from __future__ import annotations

from ..delivery import declare

declare("restock.suggested", "A run over the shop ended: how many needs it found, the drafts it wrote.")
declare("purchase_order.proposed", "A draft purchase order waits for approval.")
declare("purchase_order.approved", "A purchase order was approved: the supplier owes it from now on.")
declare("purchase_order.received", "Every unit of a purchase order has arrived.")
declare("purchase_order.canceled", "A purchase order was cancelled; what had arrived stays booked.")
declare("stock.received", "Units of a purchase order or a transfer were booked into stock.")
declare("purchase_order.sent", "A purchase order, or a new revision of it, went out to the supplier.")
declare("purchase_order.confirmed", "The supplier confirmed a purchase order, with the day they deliver.")
declare("purchase_order.declined", "The supplier can deliver nothing of a purchase order: staff decide.")
declare("purchase_order.amended", "An approved purchase order was changed: the supplier is told again.")
declare("purchase_order.postponed", "The day on which a purchase order is expected has moved.")
declare("transfer.proposed", "A draft transfer between warehouses waits for approval.")
declare("transfer.approved", "A transfer was approved: its source should ship it.")
declare("transfer.shipped", "The goods of a transfer left their warehouse's stock.")
declare("transfer.received", "All goods of a transfer have arrived or are written off.")
declare("transfer.canceled", "A transfer was cancelled before it was shipped.")
declare("variant.back_in_stock", "A variant that was sold out is free for a channel's shoppers again.")
