"""A parcel on its way, and a carrier that reports about it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from standardwebhooks import Webhook

from saleor_plugins.fulfillment.models import Shipment
from saleor_plugins.fulfillment.usecases.carrier_set import set_carrier
from saleor_plugins.fulfillment.usecases.change_shipment import set_tracking
from saleor_plugins.fulfillment.usecases.follow_parcels import follow_parcels
from saleor_plugins.kernel import clock
from saleor_plugins.platform.port import ShipItem

BASE = "/plugins/saleor_plugins.fulfillment/"


def sent(
    router: Any, number: str = "", *, units: int = 2, carrier: Any = None, home: str = "US", **order: Any
) -> Shipment:
    """A parcel of an order of its own."""
    here = router.w.make_warehouse("Here", country=home)
    variant = router.w.make_variant(stock={here: units})
    made = router.w.make_order([(variant, units)], **order)
    router.shop.fulfill(made.id, [ShipItem(made.lines[0].id, here.id, units)])
    (row,) = follow_parcels(made.id)
    return set_tracking(row.pk, number, carrier=carrier) if number else row


def carrier(name: str = "Post", **values: Any) -> Any:
    """A carrier with its secret in memory."""
    return set_carrier(name=name, **values)[0]


def event(number: str, status: str, minutes: int = 0, key: str = "", **more: Any) -> dict[str, Any]:
    """A scan, so many minutes from now."""
    at = clock.now() + timedelta(minutes=minutes)
    row = {"trackingNumber": number, "status": status, "at": at.isoformat(), **more}
    return {**row, "id": key} if key else row


def signed(secret: str, body: bytes, *, message: str = "msg_1", at: datetime | None = None) -> dict[str, str]:
    """The three headers of Standard Webhooks."""
    sent_at = at or clock.now()
    return {
        "HTTP_WEBHOOK_ID": message,
        "HTTP_WEBHOOK_TIMESTAMP": str(int(sent_at.timestamp())),
        "HTTP_WEBHOOK_SIGNATURE": Webhook(secret).sign(message, sent_at, body.decode()),
    }


def report(
    client: Any, by: Any, *events: dict[str, Any], message: str = "msg_1", secret: str = "", **options: Any
) -> Any:
    """A carrier posts events."""
    body = json.dumps({"events": list(events)}).encode()
    headers = signed(secret or by.secret, body, message=message, **options)
    return client.post(f"{BASE}carriers/{by.pk}/", body, content_type="application/json", **headers)
