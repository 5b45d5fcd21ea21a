"""The same thing fifty times at once, and changes of mind."""

from __future__ import annotations

import base64
import json
import random
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction
from django.test import RequestFactory
from standardwebhooks import Webhook

from tests.fault.conftest import COMMITTED, at_once, rows

pytestmark = [COMMITTED, pytest.mark.usefixtures("oracle", "own_handlers")]

SECRET = "whsec_" + base64.b64encode(b"a" * 32).decode()
TIMES = 50


def incoming(body: bytes, **headers: str) -> Any:
    """What the sender posts, correctly signed unless `headers` say otherwise."""
    now = datetime.now(UTC)
    sent = {
        "HTTP_WEBHOOK_ID": "m1",
        "HTTP_WEBHOOK_TIMESTAMP": str(int(now.timestamp())),
        "HTTP_WEBHOOK_SIGNATURE": Webhook(SECRET).sign("m1", now, body.decode()),
        **headers,
    }
    return RequestFactory().post("/in/", body, content_type="application/json", **sent)


def take_in(request: Any) -> Any:
    from saleor_plugins.delivery import inbound

    return inbound.take_in(request, "carrier", lambda asked: inbound.standard(asked, [SECRET]))


def test_the_same_webhook_fifty_times_in_parallel(count: Callable[[str], None], own_handlers: None) -> None:
    from saleor_plugins.delivery import relay, subscribe
    from tests.fault import handlers

    @subscribe("inbox.carrier.parcel.scanned", name="storm.effect")
    def effect(message: Any) -> None:
        handlers.execute("INSERT INTO fault_effect VALUES (%s, 1)", message.data["op"])

    body = json.dumps({"type": "parcel.scanned", "data": {"op": 9}}).encode()
    request = incoming(body)
    answers = at_once(lambda number: take_in(request), TIMES)
    relay.drain()
    statuses = Counter(answer.status_code for answer in answers)
    said = Counter(json.loads(answer.content)["status"] for answer in answers)
    effects = rows("SELECT op FROM fault_effect")
    count(f"the same webhook {TIMES} times at once: {dict(statuses)}, {dict(said)}, {len(effects)} effect")
    assert statuses == {200: TIMES}
    assert said == {"accepted": 1, "duplicate": TIMES - 1}
    assert effects == [9]


@pytest.mark.parametrize("atomic", [True, False], ids=["in a transaction", "in steps"])
def test_the_same_key_fifty_times_in_parallel(atomic: bool, count: Callable[[str], None]) -> None:
    from saleor_plugins.delivery import once
    from saleor_plugins.kernel.errors import KeyReused
    from tests.fault import handlers

    def call() -> dict[str, float]:
        handlers.execute("INSERT INTO fault_effect VALUES (1, 1)")
        time.sleep(0.2)
        return {"at": time.time()}

    def ask(amount: int) -> Any:
        return lambda number: once("refund", "key", {"amount": amount}, call, atomic=atomic)

    answers = at_once(ask(1), TIMES)
    others = at_once(ask(2), TIMES)
    effects = rows("SELECT op FROM fault_effect")
    distinct = {json.dumps(answer) for answer, _ in answers}
    refused = sum(isinstance(answer, KeyReused) for answer in others)
    count(
        f"the same key {TIMES} times at once, {'in a transaction' if atomic else 'in steps'}: {len(effects)} "
        f"execution, {len(answers)} answers, {len(distinct)} distinct; {refused} other bodies refused"
    )
    assert effects == [1]
    assert len(distinct) == 1
    assert Counter(replayed for _, replayed in answers) == {True: TIMES - 1, False: 1}
    assert refused == TIMES

    # A day later the key is free again, and the storm meets a row that is there.
    rows("UPDATE ops_delivery_idempotencykey SET expires = now() RETURNING 1")
    again = {json.dumps(answer) for answer, _ in at_once(ask(1), TIMES)}
    assert rows("SELECT op FROM fault_effect") == [1, 1]
    assert len(again) == 1
    assert again != distinct


def test_a_hundred_roll_backs_let_nothing_out(
    count: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    from saleor_plugins.delivery import emit, receive, relay, wake

    class ChangedMind(Exception):
        pass

    woken: list[int] = []
    monkeypatch.setattr(wake, "_publish", lambda: woken.append(1))
    monkeypatch.setattr(wake, "_rest_until", 0.0)
    chance, kinds = random.Random(3), Counter()
    for number in range(100):
        kind = chance.choice(["whole", "savepoint", "database error", "inbox"])
        kinds[kind] += 1
        with pytest.raises(Exception), transaction.atomic():
            if kind == "inbox":
                receive("shop", f"m{number}", "paid", {"op": number})
            with transaction.atomic():
                emit("fault.op", {"op": number}, key=chance.choice([None, f"k{number}"]))
                if kind == "savepoint":
                    raise ChangedMind
            if kind == "database error":
                rows("SELECT 1 / 0")
            raise ChangedMind
    out = {
        name: rows(f"SELECT count(*) FROM ops_delivery_{name}")[0] for name in ("event", "delivery", "inbox")
    }
    count(f"100 roll-backs after an emit ({dict(kinds)}): left {out}, {len(woken)} calls to the broker")
    assert out == {"event": 0, "delivery": 0, "inbox": 0}
    assert woken == []
    assert relay.drain() == 0
    assert rows("SELECT * FROM fault_effect") == []


def test_a_thousand_forgeries_are_refused(count: Callable[[str], None]) -> None:
    body = json.dumps({"type": "parcel.scanned", "data": {"op": 9, "note": "x" * 40}}).encode()
    right = incoming(body)
    chance, statuses = random.Random(11), Counter()
    parts = ("body", "HTTP_WEBHOOK_SIGNATURE", "HTTP_WEBHOOK_ID", "HTTP_WEBHOOK_TIMESTAMP")
    for number in range(1000):
        part = parts[number % len(parts)]
        if part == "body":
            forged = incoming(body)
            forged._body = mutate(body.decode(), chance).encode()
        else:
            forged = incoming(body, **{part: mutate(right.META[part], chance)})
        statuses[take_in(forged).status_code] += 1
    left = sum(rows(f"SELECT count(*) FROM ops_delivery_{name}")[0] for name in ("event", "inbox"))
    count(f"1000 mutated signatures, ids, timestamps and bodies: {dict(statuses)}, {left} rows")
    assert statuses == {401: 1000}
    assert left == 0
    assert take_in(right).status_code == 200


def mutate(text: str, chance: random.Random) -> str:
    """`text` with one character replaced, dropped, doubled or added; never the same."""
    while True:
        at, other = chance.randrange(len(text)), chr(chance.randrange(33, 127))
        changed = chance.choice([
            text[:at] + other + text[at + 1 :], text[:at] + text[at + 1 :],
            text[:at] + text[at] + text[at:], text[:at] + other + text[at:],
        ])  # fmt: skip
        if changed != text:
            return changed


def test_a_thousand_forged_hmacs_are_refused(count: Callable[[str], None]) -> None:
    import hashlib
    import hmac

    from saleor_plugins.delivery.inbound import Forged, verify_hmac

    body = b'{"id": 1, "title": "Shirt"}'
    right = base64.b64encode(hmac.new(b"secret", body, hashlib.sha256).digest()).decode()
    verify_hmac(body, right, ["secret"])
    chance, refused = random.Random(13), 0
    for number in range(1000):
        signature = mutate(right, chance) if number % 2 else right
        forged = body if number % 2 else mutate(body.decode(), chance).encode()
        with pytest.raises(Forged):
            verify_hmac(forged, signature, ["secret"])
        refused += 1
    count(f"1000 mutated HMACs and bodies: {refused} refused")
