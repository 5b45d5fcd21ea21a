"""A webhook's address cannot make this server talk to its own network."""

from __future__ import annotations

import socket
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
import urllib3.util.connection

from tests.fault.conftest import COMMITTED, rows

pytestmark = [COMMITTED, pytest.mark.usefixtures("own_registry")]

PUBLIC = "93.184.215.14"
# The same machine, or its cloud, in every spelling.
TARGETS = (
    "http://127.0.0.1:{port}/", "https://127.0.0.1:{port}/", "http://localhost:{port}/", "http://2130706433:{port}/",
    "http://0177.0.0.1:{port}/", "http://0x7f000001:{port}/", "http://0x7f.1:{port}/", "http://127.1:{port}/",
    "http://127.8.8.8:{port}/", "http://0.0.0.0:{port}/", "http://0:{port}/", "http://[::1]:{port}/",
    "http://[::]:{port}/", "http://[::ffff:127.0.0.1]:{port}/", "http://[::ffff:7f00:1]:{port}/",
    "http://[0:0:0:0:0:ffff:127.0.0.1]:{port}/", "http://[64:ff9b::7f00:1]:{port}/", "http://[2002:7f00:1::]:{port}/",
    "http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", "http://10.0.0.1/", "http://172.16.0.1/",
    "http://192.168.0.1/", "http://100.100.100.200/", "http://[fe80::1]/", "http://[fc00::1]/", "http://224.0.0.1/",
    "http://localhost.:{port}/", "http://LOCALHOST:{port}/", "http://127.0.0.1.:{port}/",
)  # fmt: skip


@pytest.fixture
def connects(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Where HTTP clients tried to connect."""
    tried: list[Any] = []
    real = urllib3.util.connection.create_connection

    def spy(address: Any, *args: Any, **kwargs: Any) -> socket.socket:
        tried.append(address)
        if address[0] == PUBLIC:
            raise ConnectionRefusedError  # no test talks to the Internet
        return real(address, *args, **kwargs)

    monkeypatch.setattr(urllib3.util.connection, "create_connection", spy)
    return tried


def send_to(url: str) -> str:
    """What came of a webhook to `url`, which was stored before anybody checked it."""
    from saleor_plugins.delivery import declare, emit, relay
    from saleor_plugins.delivery.endpoints import create
    from saleor_plugins.delivery.models import WebhookEndpoint

    declare("order.routed", "")
    endpoint = create("https://one.example/", ["order.routed"])
    WebhookEndpoint.objects.update(url=url)
    emit("order.routed", {})
    assert relay.drain(strict=False) == 1
    (error,) = rows("SELECT last_error FROM ops_delivery_delivery")
    endpoint.delete()
    return error


def test_no_spelling_of_a_private_address_is_connected_to(
    settings: Any, listener: Any, connects: list[Any], count: Callable[[str], None]
) -> None:
    settings.SALEOR_PLUGINS_WEBHOOK_ALLOW_LOOPBACK = False
    errors = [send_to(url.format(port=listener.port)) for url in TARGETS]
    seen = listener()
    count(f"SSRF: {len(TARGETS)} addresses, {len(connects)} connections tried, {seen} arrived")
    assert all(errors)
    assert (connects, seen) == ([], 0)


def test_the_spy_and_the_listener_see_what_is_allowed(
    settings: Any, listener: Any, connects: list[Any]
) -> None:
    settings.SALEOR_PLUGINS_WEBHOOK_ALLOW_LOOPBACK = True
    Thread(target=_hang_up, args=(listener.sockets[0],), daemon=True).start()
    assert "No answer" in send_to(f"http://127.0.0.1:{listener.port}/")
    assert connects == [("127.0.0.1", listener.port)]
    # Even then, nothing but this machine.
    assert "not a public one" in send_to("http://169.254.169.254/")
    assert len(connects) == 1


def _hang_up(server: socket.socket) -> None:
    server.accept()[0].close()


def test_a_redirect_is_not_followed(
    settings: Any, listener: Any, connects: list[Any], count: Callable[[str], None]
) -> None:
    settings.SALEOR_PLUGINS_WEBHOOK_ALLOW_LOOPBACK = True
    met = {}
    for status in (301, 302, 303, 307, 308):

        class Redirect(BaseHTTPRequestHandler):
            def do_POST(self, status: int = status) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(status)
                self.send_header("Location", f"http://127.0.0.1:{listener.port}/")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        with HTTPServer(("127.0.0.1", 0), Redirect) as server:
            Thread(target=server.handle_request, daemon=True).start()
            met[status] = send_to(f"http://127.0.0.1:{server.server_port}/")
    seen = listener()
    count(f"SSRF: {len(met)} kinds of redirect to this machine, {seen} followed")
    assert met == {status: f"SendFailed: HTTP {status}" for status in met}
    assert seen == 0


def test_a_name_that_changes_its_mind_is_pinned(
    settings: Any,
    listener: Any,
    connects: list[Any],
    monkeypatch: pytest.MonkeyPatch,
    count: Callable[[str], None],
) -> None:
    """DNS rebinding: public when it is judged, ours when it is connected to."""
    settings.SALEOR_PLUGINS_WEBHOOK_ALLOW_LOOPBACK = False
    real, asked = socket.getaddrinfo, []

    def resolve(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host != "rebind.example":
            return real(host, port, *args, **kwargs)
        asked.append(host)
        address = PUBLIC if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    error = send_to(f"http://rebind.example:{listener.port}/")
    assert "No answer" in error
    assert connects == [(PUBLIC, listener.port)]
    # Asked again, it is ours, and refused.
    assert "not a public one" in send_to(f"http://rebind.example:{listener.port}/")
    seen = listener()
    count(f"SSRF: rebinding name resolved {len(asked)} times, {seen} connections to this machine")
    assert (len(connects), seen) == (1, 0)
