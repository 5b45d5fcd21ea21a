"""worker and serve: the processes that keep a mirror up."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.db import connections

from saleor_plugins.kernel.errors import Invalid

from .common import need

log = logging.getLogger(__name__)
_SOCKET_SECONDS = 30


def worker(arguments: argparse.Namespace) -> int:
    """Become a Celery worker, with the beat in it."""
    from ..celery import app

    need("CELERY_BROKER_URL")
    schedule = os.environ.get("CELERY_BEAT_FILE", "/tmp/shopify-bridge-beat")  # noqa: S108 - a schedule, no secret
    app.worker_main(
        [
            "worker",
            "--beat",
            f"--schedule={schedule}-{os.getpid()}",
            f"--concurrency={arguments.concurrency}",
            "--loglevel=INFO",
            "--without-gossip",
            "--without-mingle",
        ]
    )
    return 0


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def process_request_thread(self, *request: Any) -> None:
        try:
            super().process_request_thread(*request)
        finally:
            connections.close_all()


class _Handler(WSGIRequestHandler):
    timeout = _SOCKET_SECONDS

    def address_string(self) -> str:
        return self.client_address[0]

    def log_message(self, format: str, *args: Any) -> None:
        log.info(format, *args)


@contextmanager
def listening(host: str, port: int) -> Iterator[str]:
    """Serve in threads for the block; answers the address. Raises Invalid when the port is taken."""
    from ..wsgi import application

    try:
        server = make_server(host, port, application, _Server, _Handler)
    except OSError as error:
        raise Invalid(f"Cannot listen on {host}:{port}: {error.strerror}.", field="--port") from None
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    try:
        yield f"http://{host}:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def serve(arguments: argparse.Namespace) -> int:
    """Serve the webhook endpoints until SIGINT or SIGTERM; TLS is a proxy's job."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with listening(arguments.host, arguments.port) as address:
        sys.stdout.write(f"Webhooks on {address}\n")
        sys.stdout.flush()
        stop.wait()
    return 0
