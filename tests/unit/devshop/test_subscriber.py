"""The demo's own verification agrees with the library that signs, and believes nothing else."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from devshop.story.subscriber import Subscriber, verify

SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
BODY = '{"type": "order.routed"}'


def signed(secret: str = SECRET, at: datetime | None = None) -> dict[str, str]:
    at = at or datetime.now(UTC)
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_1", at, BODY),
    }


def test_what_the_library_signed_is_believed() -> None:
    assert verify(SECRET, signed(), BODY.encode())


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (signed(), BODY + " "),
        (signed() | {"webhook-id": "msg_2"}, BODY),
        (signed("whsec_" + base64.b64encode(b"x" * 32).decode()), BODY),
        (signed(at=datetime.now(UTC) - timedelta(minutes=6)), BODY),
        (signed() | {"webhook-signature": ""}, BODY),
        ({}, BODY),
    ],
    ids=["body", "id", "secret", "old", "no signature", "no headers"],
)
def test_nothing_else_is(headers: dict[str, str], body: str) -> None:
    assert not verify(SECRET, headers, body.encode())


def test_an_event_that_comes_twice_is_one_event() -> None:
    subscriber = Subscriber(secret=SECRET)
    try:
        assert subscriber.take(signed(), BODY.encode()) == 204
        assert subscriber.take(signed(), BODY.encode()) == 204
        assert subscriber.take(signed(), b"{}") == 400
        assert (len(subscriber.events), subscriber.refused) == (1, 1)
    finally:
        subscriber.close()
