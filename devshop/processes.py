"""The programs of the shop: started in groups of their own, watched, and all of them stopped."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from devshop import run
from devshop.places import LOGS, Failed

_SECONDS_TO_START = 90
_SECONDS_TO_STOP = 8


@dataclass
class Process:
    """A program that runs, and the log it writes."""

    name: str
    popen: subprocess.Popen[bytes]
    log: Path
    ready: str | Callable[[], bool]
    is_ready: bool = False
    serves_others: bool = False

    def look(self) -> None:
        """See whether it got ready, or ended before. Raises Failed."""
        if self.popen.poll() is not None:
            raise Failed(f"{self.name} ended with exit code {self.popen.returncode}", self.log)
        if callable(self.ready):
            self.is_ready = self.is_ready or self.ready()
        else:
            self.is_ready = self.is_ready or self.ready in self.log.read_text(errors="replace")

    def signal(self, number: int) -> None:
        """Send a signal to it and to whatever it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.popen.pid, number)


class Processes:
    """All of them; `stop` leaves none behind."""

    def __init__(self) -> None:
        self._all: list[Process] = []

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        ready: str | Callable[[], bool],
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        serves_others: bool = False,
    ) -> Process:
        """Start a program; it counts as ready when its log says `ready`, or when `ready()` is true.

        What `serves_others` is stopped after them.
        """
        LOGS.mkdir(parents=True, exist_ok=True)
        log = LOGS / f"{name}.log"
        with log.open("wb") as out:
            popen = subprocess.Popen(
                [str(part) for part in command],
                env=run.clean_environ(env),
                cwd=cwd or "/",
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        process = Process(name, popen, log, ready, serves_others=serves_others)
        self._all.append(process)
        return process

    def wait(self, say: Callable[[str], None] = lambda text: None) -> None:
        """Wait until all are ready, saying which are not. Raises Failed, naming the one."""
        deadline = time.monotonic() + _SECONDS_TO_START
        while True:
            for process in self._all:
                process.look()
            waiting = [process for process in self._all if not process.is_ready]
            say("waiting for " + ", ".join(process.name for process in waiting) if waiting else "")
            if not waiting:
                return
            if time.monotonic() > deadline:
                raise Failed(f"{waiting[0].name} did not get ready in {_SECONDS_TO_START} s", waiting[0].log)
            time.sleep(0.1)

    def watch(self) -> None:
        """Raise Failed when one of them has ended."""
        for process in self._all:
            process.look()

    def stop(self) -> None:
        """Ask all to stop, what serves the others last, and end those that do not."""
        for servers in (False, True):
            _stop([process for process in self._all if process.serves_others is servers])
        self._all.clear()


def _stop(processes: Sequence[Process]) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.popen.pid, signal.SIGTERM)
    deadline = time.monotonic() + _SECONDS_TO_STOP
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.popen.wait(max(0.1, deadline - time.monotonic()))
        # What it started itself may outlive it.
        process.signal(signal.SIGKILL)
        process.popen.wait()
