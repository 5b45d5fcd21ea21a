"""Which lines the router leaves in peace, and why."""

from __future__ import annotations

from dataclasses import dataclass

from ..facts import Line, Request


@dataclass(frozen=True)
class LeftAlone:
    """A line that is not routed."""

    line_id: str
    name: str
    code: str
    reason: str


def left_alone(line: Line, request: Request) -> LeftAlone | None:
    """Why `line` needs no routing, or None when it does. The first reason that holds is given."""
    reasons = (
        (line.quantity <= 0, "NOTHING_TO_SHIP", "Nothing of it is left to ship."),
        (line.is_gift_card, "GIFT_CARD", "A gift card is sent by mail, not from a warehouse."),
        (not line.requires_shipping, "DIGITAL", "It needs no shipping."),
        (request.click_and_collect, "CLICK_AND_COLLECT", "The customer collects the order."),
        (line.is_preorder, "PREORDER", "It is a pre-order: it has no stock yet."),
        (line.variant_id is None, "NO_VARIANT", "Its variant was deleted, so no stock can be found."),
        (not line.tracks_stock, "UNTRACKED", "Its stock is not tracked, so any warehouse may ship it."),
    )
    for holds, code, reason in reasons:
        if holds:
            return LeftAlone(line.id, line.name, code, reason)
    return None
