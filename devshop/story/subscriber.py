"""A subscriber as an integrator writes one: receives webhooks, verifies them by the Standard Webhooks spec.

It shares no code with the plugins, so that their signatures are judged by somebody else.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_TOLERANCE = 300


def verify(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether one of the signatures is right and fresh (https://www.standardwebhooks.com)."""
    stamp = headers.get("webhook-timestamp", "0")
    if abs(time.time() - int(stamp)) > _TOLERANCE:
        return False
    signed = f"{headers.get('webhook-id', '')}.{stamp}.".encode() + body
    digest = hmac.digest(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256)
    expected = "v1," + base64.b64encode(digest).decode()
    return any(hmac.compare_digest(given, expected) for given in headers.get("webhook-signature", "").split())


@dataclass
class Subscriber:
    """Listens on a free port of this machine."""

    secret: str = ""
    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: int = 0
    last: tuple[dict[str, str], bytes] | None = None

    def __post_init__(self) -> None:
        subscriber = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(subscriber.take(dict(self.headers.items()), body))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments: Any) -> None:
                """Say nothing: the terminal belongs to the story."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/"

    def take(self, headers: dict[str, str], body: bytes) -> int:
        """Judge a request and answer its status; a repeated id is known by its id."""
        headers = {name.lower(): value for name, value in headers.items()}
        if not verify(self.secret, headers, body):
            self.refused += 1
            return 400
        self.events[headers["webhook-id"]] = json.loads(body)
        self.last = headers, body
        return 204

    def topics(self) -> set[str]:
        """The types of the events that came with a good signature."""
        return {event["type"] for event in list(self.events.values())}

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
