"""Secrets and personal data are looked for in everything that is stored, logged or answered."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from tests.fault.conftest import rows

pytestmark = pytest.mark.django_db

PERSON = "canary-jane@example.com"
KEYS = ["canary-key " * 4]


def dump() -> str:
    """Every row of every table, as text."""
    tables = rows("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
    return "\n".join(str(rows(f"SELECT t::text FROM {table} t")) for table in tables)


def spellings(secret: str) -> list[str]:
    """As it is, and the bytes in it as hexadecimal, as the database prints them."""
    raw = base64.b64decode(secret.removeprefix("whsec_"))
    return [secret.removeprefix("whsec_"), raw.hex()]


def test_no_canary_anywhere(
    settings: Any,
    own_registry: Any,
    caplog: pytest.LogCaptureFixture,
    count: Callable[[str], None],
    capsys: Any,
) -> None:
    from django.core.management import call_command

    from saleor_plugins.delivery import Message, declare, emit, once, relay, subscribe
    from saleor_plugins.delivery.schema import schema
    from saleor_plugins.platform.port import Asker, AskerKind
    from tests.shopdata import world

    caplog.set_level(logging.INFO)
    settings.SALEOR_PLUGINS_ENCRYPTION_KEYS = KEYS
    world().configure_plugin("saleor_plugins.delivery", active=True)
    asker = Asker(AskerKind.STAFF, "1", frozenset({"MANAGE_PLUGINS"}))
    answered: list[str] = []

    def ask(query: str, **variables: Any) -> Any:
        result = schema.execute(query, variable_values=variables, context_value=SimpleNamespace(asker=asker))
        assert not result.errors
        answered.append(json.dumps(result.data))
        return next(iter(result.data.values()))

    declare("order.routed", "An order was routed.")

    @subscribe("order.routed", name="broken")
    def broken(message: Message) -> None:
        raise ValueError(f"{PERSON} {message.data}")

    made = ask(
        'mutation { webhookEndpointCreate(url: "https://127.0.0.1.invalid/", topics: ["order.routed"], '
        'idempotencyKey: "k") { secret endpoint { id } errors { code } } }'
    )
    first, key = made["secret"], made["endpoint"]["id"]
    second = ask(
        'mutation($id: ID!) { webhookEndpointSecretRotate(id: $id, idempotencyKey: "r") { secret } }', id=key
    )["secret"]
    shown_once = "\n".join(answered)
    assert first in shown_once and second in shown_once
    answered.clear()

    emit("order.routed", {"orderId": "x"})
    once("s", "k", {"email": PERSON}, lambda: {"ok": True})
    assert relay.drain(strict=False) == 2
    ask("{ deliveries { edges { node { subscriber state lastError log { error } } } } }")
    ask("{ webhookEndpoints { edges { node { id url name topics disabledReason } } } }")
    ask(
        'mutation($id: ID!) { webhookEndpointUpdate(id: $id, name: "N") { endpoint { id url name } } }',
        id=key,
    )
    call_command("delivery_rotate_secrets")
    call_command("delivery_purge")

    output = capsys.readouterr()
    places = {
        "database": dump(),
        "logs": caplog.text + output.out + output.err,
        "API": "\n".join(answered),
    }
    canaries = [*spellings(first), *spellings(second), PERSON, *KEYS]
    hits = {name: sum(text.count(canary) for canary in canaries) for name, text in places.items()}
    searched = {name: len(text) for name, text in places.items()}
    count(f"{len(canaries)} canaries in {searched} characters: {hits}")
    assert "to broken failed: ValueError" in places["logs"]
    # The dump does see what is stored: the ciphertext of both secrets, and the failed rows.
    assert places["database"].count("gAAAA") >= 2
    assert "ValueError at" in places["database"]
    assert hits == {"database": 0, "logs": 0, "API": 0}
