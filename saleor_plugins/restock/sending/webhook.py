"""An order as a signed request, as https://www.standardwebhooks.com specifies."""

from __future__ import annotations

import json
from datetime import datetime

from ...delivery import Park, Retry
from ...delivery.posting import NoAnswer, NotPublic, post, signed
from ..domain.paper import Paper

_GONE = 410


class Refused(Exception):
    """The supplier's server did not take it; the text names no secret."""


def send_webhook(paper: Paper, at: datetime, url: str, secret: str, link: str, key: str) -> None:
    """Post it under `key`, with the same bytes each time.

    Raises Park (no address, not a public one, 410), Retry (when it said when) or Refused (try later).
    """
    if not url or not secret:
        raise Park("The supplier has no webhook.")
    body = payload(paper, at, link)
    try:
        status, asked = post(url, body, signed([secret], key, body))
    except NotPublic:
        raise Park("The address is not a public one.") from None
    except NoAnswer as error:
        raise Refused(f"No answer: {error}.") from None
    if status == _GONE:
        raise Park("HTTP 410")
    if not 200 <= status < 300:
        raise Retry(f"HTTP {status}", after=asked) if asked else Refused(f"HTTP {status}")


def payload(paper: Paper, at: datetime, link: str) -> bytes:
    """The body: amounts are integers of the currency's minor unit."""
    topic = "purchase_order.canceled" if paper.cancels else "purchase_order.placed"
    data = {
        "number": paper.number,
        "revision": paper.revision,
        "replaces": paper.replaces,
        "currency": paper.currency,
        "total": paper.total,
        "placedOn": paper.placed_on,
        "wantedOn": paper.wanted_on,
        "buyer": list(paper.sender),
        "deliverTo": list(paper.deliver_to),
        "confirmUrl": None if paper.cancels else link,
        "lines": [
            {
                "supplierSku": line.supplier_sku,
                "sku": line.sku,
                "name": line.name,
                "quantity": line.quantity,
                "unitPrice": line.price,
            }
            for line in paper.lines
        ],
    }
    value = {"type": topic, "timestamp": at.isoformat().replace("+00:00", "Z"), "data": data}
    return json.dumps(value, separators=(",", ":")).encode()
