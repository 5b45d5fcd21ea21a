"""The store's own knobs over HTTP, for this machine only.

GET, POST and DELETE of /sandbox/faults are the switches; POST to /sandbox/uninstall removes the app, to
/sandbox/install brings it back.

A page of another site that somebody has open in a browser could send a request here too, so the `Host` must
be a loopback name and an `Origin`, where there is one, this store.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Mapping
from urllib.parse import urlsplit

from .fates import JSON, Reply
from .faults import Faults
from .store import Store

PATH = "/sandbox/"


def handle(method: str, path: str, body: bytes, store: Store) -> Reply:
    """Turn a knob."""
    if path == f"{PATH}faults":
        return _faults(method, body, store.faults)
    if method != "POST" or path not in (f"{PATH}install", f"{PATH}uninstall"):
        return Reply(404, b'{"errors": "Not Found"}')
    if path.endswith("/uninstall"):
        store.uninstall()
    store.installed = path.endswith("/install")
    return Reply(200, json.dumps({"installed": store.installed}).encode())


def _faults(method: str, body: bytes, faults: Faults) -> Reply:
    """Show, turn or clear the switches."""
    if method == "DELETE":
        faults.clear()
    elif method == "POST":
        try:
            given = json.loads(body)
            if not isinstance(given, dict):
                raise ValueError("an object of switches is needed")
            faults.set(given)
        except ValueError as error:
            return Reply(400, json.dumps({"errors": str(error)}).encode())
    return Reply(200, json.dumps(faults.on()).encode(), JSON)


def allowed(client: str, headers: Mapping[str, str], own: str) -> bool:
    """Whether a request comes from this machine and from no other site's page."""
    host = urlsplit(f"//{headers.get('Host', '')}").hostname or ""
    local = host == "localhost" or _loopback(host)
    return _loopback(client) and local and headers.get("Origin", own) == own


def _loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
