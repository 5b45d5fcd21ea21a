"""The store over HTTP: the Admin API, the pictures, and a page to look at."""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from .faults import Faults
from .media import Media
from .page import page
from .store import VERSION, Shop, Store

log = logging.getLogger(__name__)
_API = re.compile(r"/admin/api/(\d{4}-\d{2}|unstable)/graphql\.json\Z")
_BAD_GATEWAY = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
MAX_BODY = 20_000_000


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: Sandbox

    def do_POST(self) -> None:
        """The Admin API."""
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(min(size, MAX_BODY))
        version = _API.match(self.path)
        if not version:
            return self._json(404, {"errors": "Not Found"})
        if not self.server.store.allows(self.headers.get("X-Shopify-Access-Token")):
            message = "[API] Invalid API key or access token (unrecognized login or wrong password)"
            return self._json(401, {"errors": message})
        if size > MAX_BODY:
            return self._json(413, {"errors": "Request entity too large"})
        return self._graphql(body)

    def _graphql(self, body: bytes) -> None:
        fate = self.server.faults.draw()
        if fate == "throttled":
            return self._json(200, self.server.store.throttled())
        if fate == "error":
            return self._send(502, _BAD_GATEWAY, "text/html")
        try:
            request = json.loads(body)
        except ValueError:
            return self._json(400, {"errors": {"base": "Required parameter missing or invalid"}})
        answer = self.server.store.execute(request)
        if fate == "error-after":
            return self._send(502, _BAD_GATEWAY, "text/html")
        if fate == "lost":
            time.sleep(self.server.faults.hang)
            self.close_connection = True
            return None
        return self._json(200, answer)

    def do_GET(self) -> None:
        """The page and the files."""
        path = self.path.split("?")[0]
        if path == "/":
            return self._send(200, page(self.server.store).encode(), "text/html; charset=utf-8")
        if path == "/healthz":
            return self._json(200, {"ok": True})
        name = Path(path).name
        file = self.server.files / name
        if path == f"/cdn/shop/files/{name}" and name and file.is_file():
            return self._send(200, file.read_bytes(), _image_type(file))
        return self._send(404, b"Not found", "text/plain")

    def _json(self, status: int, body: Any) -> None:
        self._send(status, json.dumps(body, default=str).encode(), "application/json; charset=utf-8")

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Shopify-API-Version", VERSION)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Requests go to the log at debug level, without their bodies."""
        log.debug(format, *args)


def _image_type(file: Path) -> str:
    head = file.read_bytes()[:12]
    if head.startswith(b"\x89PNG"):
        return "image/png"
    if head.startswith(b"\xff\xd8"):
        return "image/jpeg"
    return "image/webp" if head[8:12] == b"WEBP" else "application/octet-stream"


class Sandbox(ThreadingHTTPServer):
    """A running store. `with Sandbox(folder) as sandbox:` serves until the block ends."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        folder: Path,
        shop: Shop | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        faults: Faults | None = None,
        fetch_media: bool = True,
        media_delay: float = 1.0,
    ):
        super().__init__((host, port), Handler)
        self.url = f"http://{host}:{self.server_address[1]}"
        self.shop = shop or Shop()
        self.shop.base_url = self.url
        self.faults = faults or Faults()
        self.store = Store(folder, self.shop)
        self.files = folder / "files"
        self.media = Media(self.store.state, self.files, delay=media_delay, fetch=fetch_media)
        self._thread: threading.Thread | None = None

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error of the store."""
        if not isinstance(sys.exception(), ConnectionError):
            log.exception("request failed")

    def __enter__(self) -> Sandbox:
        self.media.start()
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.media.stop()
        self.server_close()
        self.store.state.close()
