"""The carrier reports the parcel's way, the shopper looks on, the warehouse has its papers."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import urllib.request
from datetime import UTC, datetime, timedelta

from devshop.client import fetch
from devshop.story.shipping import TRACKING
from devshop.story.stage import Outcome, Stage, check

TITLE = "Delivered"
_CARRIER = """mutation { carrierSet(name: "Parcel carrier", trackingUrl: "https://example.com/{number}") {
  carrier { id reportUrl } secret errors { field message code } } }"""
_PARCEL = """query($order: ID!) { trackingUrl(orderId: $order) shipments(orderId: $order) {
  state history { status } packingSlipUrl } }"""


def play(stage: Stage) -> Outcome:
    """Report two scans, the later one first and one of them twice; forge a third."""
    made = stage.plugin("fulfillment")(_CARRIER)["carrierSet"]
    address = made["carrier"]["reportUrl"]
    for status, minute in (("DELIVERED", 4), ("IN_TRANSIT", 2), ("DELIVERED", 4)):
        check(_report(address, made["secret"], status, minute) < 300, f"{status} was refused")
    forged = _report(address, "whsec_" + base64.b64encode(bytes(32)).decode(), "EXCEPTION", 4)
    check(forged in (400, 401, 403), f"a forged report was answered {forged}")
    parcel = stage.until("the carrier's scans are noted", lambda: _delivered(stage))
    seen = [row["status"] for row in parcel["history"]]
    check(seen.count("DELIVERED") == 1 and "EXCEPTION" not in seen, f"the history is {seen}")
    page, slip = _get(parcel["page"]), _get(parcel["packingSlipUrl"])
    check(TRACKING.encode() in page and b"Example" not in page, "the tracking page is wrong")
    check(b"<html" in slip or slip.startswith(b"%PDF"), "the packing slip cannot be opened")
    return Outcome(
        f"{' → '.join(seen)}, from three signed reports in the wrong order; a forged one got {forged}."
        " Tracking page and packing slip open",
        "fulfillment GraphQL: shipments\nHTTP: tracking page, packing slip",
    )


def _report(address: str, secret: str, status: str, seconds: int) -> int:
    """POST a scan so many seconds from now, signed by the Standard Webhooks spec."""
    at = datetime.now(UTC) + timedelta(seconds=seconds)
    event = {"trackingNumber": TRACKING, "status": status, "at": at.isoformat(), "id": f"the-{status}-scan"}
    body = {"events": [event]}
    stamp = str(int(time.time()))
    signed = f"{event['id']}.{stamp}.".encode() + json.dumps(body).encode()
    digest = hmac.digest(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256)
    headers = {
        "webhook-id": str(event["id"]),
        "webhook-timestamp": stamp,
        "webhook-signature": "v1," + base64.b64encode(digest).decode(),
    }
    return fetch(address, body, headers)[0]


def _delivered(stage: Stage) -> dict | None:
    found = stage.plugin("fulfillment")(_PARCEL, order=stage.order)
    parcel = found["shipments"][0]
    return {**parcel, "page": found["trackingUrl"]} if parcel["state"] == "DELIVERED" else None


def _get(address: str) -> bytes:
    """Open it as a browser does, without any token."""
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(address, timeout=60) as answer:
        return bytes(answer.read())
