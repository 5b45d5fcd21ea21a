"""Running other programs: a clean environment for them, their output in a log."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from devshop.places import LOGS, Failed

Command = list[str | Path]
_running: set[subprocess.Popen[str]] = set()
# What the caller's own Python set up must not reach Python of another environment.
_NOT_OURS = ("PYTHONPATH", "PYTHONHOME", "DJANGO_SETTINGS_MODULE", "VIRTUAL_ENV", "DATABASE_URL")


def clean_environ(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return this process's environment without what belongs to its Python, and with `extra`."""
    environ = {name: value for name, value in os.environ.items() if name not in _NOT_OURS}
    for name in ("NO_PROXY", "no_proxy"):
        environ[name] = ",".join(filter(None, [environ.get(name), "127.0.0.1", "localhost"]))
    return {**environ, "PYTHONUNBUFFERED": "1", **(extra or {})}


def logged(
    command: Sequence[str | Path],
    log: str,
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    heard: Callable[[str], None] | None = None,
    said: str = "",
) -> None:
    """Run to the end, append its output to `.devshop/logs/<log>.log`, pass each line to `heard`.

    `said` is its standard input.

    Raises Failed when it exits with anything but 0.
    """
    LOGS.mkdir(parents=True, exist_ok=True)
    file = LOGS / f"{log}.log"
    with file.open("a", encoding="utf-8") as out:
        out.write(f"$ {' '.join(map(str, command))}\n")
        out.flush()
        process = subprocess.Popen(
            [str(part) for part in command],
            env=clean_environ(env),
            cwd=cwd,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        _running.add(process)
        try:
            if process.stdin:
                process.stdin.write(said)
                process.stdin.close()
            for line in process.stdout or ():
                out.write(line)
                if heard:
                    heard(line.rstrip())
            code = process.wait()
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        finally:
            _running.discard(process)
    if code:
        raise Failed(f"{log}: exit code {code}", file)


def end_all() -> None:
    """End what `logged` is running, in whichever thread: each then raises Failed there."""
    for process in list(_running):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def start_log(log: str) -> None:
    """Forget what an earlier run wrote to this log."""
    (LOGS / f"{log}.log").unlink(missing_ok=True)
