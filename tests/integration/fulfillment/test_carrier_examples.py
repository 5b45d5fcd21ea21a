"""The examples of the docs, run as they stand there."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from saleor_plugins.delivery import relay
from saleor_plugins.fulfillment.models import Shipment
from tests.integration.fulfillment.parcels import BASE, carrier, sent

PAGE = (Path(__file__).parents[3] / "docs" / "routing.md").read_text()
NUMBER = "00340434161094022115"


def example(language: str) -> str:
    """The one block of the docs in that language that signs a report."""
    blocks = re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.S)
    (found,) = [block for block in blocks if "webhook-signature" in block]
    return found


def addressed(text: str, by: Any) -> str:
    """The example with a carrier of this test in it."""
    text = re.sub(r'"https://shop\.example\.com/[^"]*"', f'"http://testserver{BASE}carriers/{by.pk}/"', text)
    return text.replace("whsec_...", by.secret).replace("2026-03-02T14:03:00", "2024-01-02T14:03:00")


def test_the_python_example(router, client, monkeypatch, capsys) -> None:
    post, row = carrier(), sent(router, NUMBER)

    def send(url: str, body: str, *, headers: dict[str, str], timeout: int) -> Any:
        named = {f"HTTP_{key.upper().replace('-', '_')}": value for key, value in headers.items()}
        path = url.removeprefix("http://testserver")
        return client.post(path, body, content_type=headers["content-type"], **named)

    monkeypatch.setattr("requests.post", send)
    exec(compile(addressed(example("python"), post), "docs", "exec"), {})
    assert capsys.readouterr().out.strip() == "{'status': 'accepted'}"
    relay.drain()
    assert Shipment.objects.get(pk=row.pk).state == "DELIVERED"


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
def test_the_curl_example(router, client, tmp_path: Path) -> None:
    post, row = carrier(), sent(router, NUMBER)
    # A curl that writes down what it was asked to send.
    curl = tmp_path / "curl"
    curl.write_text('#!/bin/sh\nfor each in "$@"; do printf "%s\\n" "$each"; done\n')
    curl.chmod(0o755)
    script = f'PATH="{tmp_path}:$PATH"\n{addressed(example("sh"), post)}'
    done = subprocess.run(["sh", "-eu", "-c", script], capture_output=True, text=True, check=True)
    asked = done.stdout.splitlines()
    body = asked[asked.index("-d") + 1]
    pairs = [asked[place + 1].split(": ", 1) for place, word in enumerate(asked) if word == "-H"]
    named = {f"HTTP_{key.upper().replace('-', '_')}": value for key, value in pairs}
    path = next(word for word in asked if word.startswith("http")).removeprefix("http://testserver")
    answer = client.post(path, body, content_type=named.pop("HTTP_CONTENT_TYPE"), **named)
    assert json.loads(answer.content) == {"status": "accepted"}
    relay.drain()
    assert Shipment.objects.get(pk=row.pk).state == "DELIVERED"


def test_the_example_of_a_file_is_readable() -> None:
    from saleor_plugins.fulfillment.domain.parcels.tracking_file import TrackingLine, read_tracking

    (text,) = re.findall(r"```csv\n(order,fulfillment,.*?)```", PAGE, flags=re.S)
    rows = list(read_tracking(text.splitlines(keepends=True), datetime(2027, 1, 1, tzinfo=UTC)))
    assert len(rows) == 2 and all(isinstance(row, TrackingLine) for row in rows)
