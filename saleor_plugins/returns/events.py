"""The public events of the desk."""

from __future__ import annotations

from saleor_plugins.delivery import declare

declare("return.requested", "A return was requested: its lines and units.")
declare("return.approved", "A return was approved, by staff or by rule; goods may be sent.")
declare("return.declined", "A return was declined, with the reason.")
declare("return.canceled", "A return was cancelled before anything arrived.")
declare("return.received", "A parcel of a return arrived: its lines, units and warehouse.")
declare("return.inspected", "Received units were judged: disposition, grade, warehouse, restocked units.")
declare("return.refunded", "All money of a refund was given back: lines, units and amounts.")
declare("return.closed", "A return is finished; units that never arrived are counted as missing.")
declare("refund.failed", "A payment refused its part of a refund, or cannot give it any more.")
