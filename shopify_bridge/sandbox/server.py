"""The store over HTTP: the Admin API, the pictures, and a page to look at."""

from __future__ import annotations

import json
import logging
import re
import shutil
import sys
import threading
import time
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from . import bulk, control, fates, uploads
from .bulk import Speed
from .faults import Faults
from .media import Media
from .page import page
from .store import VERSION, Shop, Store

log = logging.getLogger(__name__)
_API = re.compile(r"/admin/api/(\d{4}-\d{2}|unstable)/graphql\.json\Z")
MAX_BODY = 20_000_000


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: Sandbox

    def do_POST(self) -> None:
        """The Admin API, and the file store's forms."""
        size = int(self.headers.get("Content-Length") or 0)
        if self.path.split("?")[0].startswith(uploads.PATH):
            return self._upload(size)
        body = self.rfile.read(min(size, MAX_BODY))
        if self.path.startswith(control.PATH):
            return self._control(body)
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
        try:
            request = json.loads(body)
        except ValueError:
            return self._json(400, {"errors": {"base": "Required parameter missing or invalid"}})
        named = request.get("operationName") if isinstance(request, dict) else None
        faults = self.server.faults
        fate = faults.draw() if faults.only in ("", named) else ""
        if fate == "throttled":
            return self._json(200, self.server.store.throttled())
        if reply := fates.instead(fate):
            return self._reply(reply)
        answer = json.dumps(self.server.store.execute(request), default=str).encode()
        if fate == "lost":
            time.sleep(faults.hang)
            self.close_connection = True
            return None
        return self._reply(fates.after(fate, answer))

    def _reply(self, reply: fates.Reply) -> None:
        self._send(reply.status, reply.body, reply.kind, reply.headers)

    def _upload(self, size: int) -> None:
        try:
            kind = self.headers.get("Content-Type") or ""
            key = self.server.store.uploads.receive(self.rfile, size, kind)
        except uploads.Refused as refused:
            self.close_connection = True
            return self._xml(refused.status, refused.code, str(refused))
        location = f"{self.server.url}{uploads.PATH}/{key}"
        body = f"<PostResponse><Location>{escape(location)}</Location><Key>{escape(key)}</Key></PostResponse>"
        return self._send(201, body.encode(), "application/xml; charset=UTF-8")

    def _output(self) -> None:
        """The answer of a bulk operation, to whoever has its signed address."""
        path = self.path.split("?")[0]
        if problem := self.server.store.signer.check(self.path):
            return self._xml(403 if problem.startswith("Sign") else 400, problem, problem)
        file = self.server.store.bulk.folder / Path(path).name
        if not file.is_file():
            return self._xml(404, "NoSuchKey", "The specified key does not exist.")
        with file.open("rb") as lines:
            self.send_response(200)
            self.send_header("Content-Type", "application/jsonl")
            self.send_header("Content-Length", str(file.stat().st_size))
            self.end_headers()
            shutil.copyfileobj(lines, self.wfile, 1 << 16)
        return None

    def _control(self, body: bytes = b"") -> None:
        if not control.allowed(self.client_address[0], dict(self.headers.items()), self.server.url):
            return self._json(403, {"errors": "Only from this machine."})
        return self._reply(control.handle(self.command, self.path, body, self.server.store))

    def do_DELETE(self) -> None:
        """The switches, all off."""
        return self._control()

    def do_GET(self) -> None:
        """The page and the files."""
        path = self.path.split("?")[0]
        if path.startswith(control.PATH):
            return self._control()
        if path.startswith(bulk.PATH):
            return self._output()
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

    def _xml(self, status: int, code: str, message: str) -> None:
        body = f"<Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error>"
        self._send(status, body.encode(), "application/xml; charset=UTF-8")

    def _send(self, status: int, body: bytes, kind: str, headers: tuple[tuple[str, str], ...] = ()) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Shopify-API-Version", self.server.faults.version or VERSION)
        for name, value in headers:
            self.send_header(name, value)
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
        speed: Speed | None = None,
    ):
        super().__init__((host, port), Handler)
        self.url = f"http://{host}:{self.server_address[1]}"
        self.shop = shop or Shop()
        self.shop.base_url = self.url
        self.faults = faults or Faults()
        self.store = Store(folder, self.shop, self.faults, speed)
        self.files = folder / "files"
        self.media = Media(self.store.state, self.files, self.faults, delay=media_delay, fetch=fetch_media)
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
        self.store.bulk.stop()
        self.store.deliveries.stop()
        self.server_close()
        self.store.state.close()
