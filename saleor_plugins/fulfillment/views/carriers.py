"""Where carriers report scans: signed as Standard Webhooks, proven before anything of it is read."""

from __future__ import annotations

import json
from uuid import UUID

from django.core.exceptions import RequestDataTooBig
from django.db import DataError
from django.http import HttpRequest, HttpResponse, JsonResponse

from ...carriers.scans import read_events
from ...delivery import receive
from ...delivery.inbound import Forged, verify_standard
from ...kernel import clock
from ...kernel.errors import Invalid
from .. import store
from ..usecases.carrier_events import to_json

MAX_BODY_BYTES = 500_000
LONGEST_MESSAGE_ID = 200
SOURCE = "carrier"
TOPIC = "events"


def view(request: HttpRequest, rest: str) -> HttpResponse:
    """``carriers/<carrier id>/``: 200 also for a message that came before, so that its sender stops.

    404 for no such carrier, 413 for a body above 500 kB, 401 for one that its secrets did not sign within
    five minutes, 400 with the field for one that cannot be read; nothing of a refused message is kept.
    """
    if request.method != "POST":
        response = _refusal(405, "Use POST.")
        response["Allow"] = "POST"
        return response
    carrier = _key(rest)
    secrets = store.secrets_of(carrier) if carrier else None
    if carrier is None or secrets is None:
        return _refusal(404, "Not found.")
    try:
        body = _body(request)
        verify_standard(body, request.headers, secrets)
        message = request.headers["webhook-id"]
        if len(message) > LONGEST_MESSAGE_ID:
            raise Invalid(f"At most {LONGEST_MESSAGE_ID} characters.", field="webhook-id")
        payload = {"carrier": str(carrier), "events": to_json(read_events(_parsed(body), clock.now()))}
        new = receive(SOURCE, f"{carrier.hex}:{message}", TOPIC, payload)
    except RequestDataTooBig:
        return _refusal(413, f"The body is larger than {MAX_BODY_BYTES} bytes.")
    except Forged:
        return _refusal(401, "The signature does not fit, or the message is not of the last five minutes.")
    except Invalid as error:
        return JsonResponse({"error": error.message, "field": error.field}, status=400)
    except DataError:
        return _refusal(400, "The body cannot be stored.")
    return JsonResponse({"status": "accepted" if new else "duplicate"})


def _key(rest: str) -> UUID | None:
    try:
        return UUID(rest.removesuffix("/"))
    except ValueError:
        return None


def _body(request: HttpRequest) -> bytes:
    length = request.META.get("CONTENT_LENGTH") or "0"
    # What is no short number is not worth reading as one: Python refuses those with thousands of digits.
    if not (length.isascii() and length.isdigit() and len(length) < 10) or int(length) > MAX_BODY_BYTES:
        raise RequestDataTooBig
    body = request.body
    if len(body) > MAX_BODY_BYTES:
        raise RequestDataTooBig
    return body


def _parsed(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Invalid("The body is not JSON.", field="body") from None


def _refusal(status: int, text: str) -> HttpResponse:
    return JsonResponse({"error": text}, status=status)
