"""What is started is stopped, with whatever it started itself."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from pathlib import Path

import pytest

from devshop import processes as module
from devshop.places import Failed
from devshop.processes import Processes

STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print("child", child.pid, flush=True)
print("up", flush=True)
time.sleep(60)
"""


@pytest.fixture
def processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Processes:
    monkeypatch.setattr(module, "LOGS", tmp_path)
    monkeypatch.setattr(module, "_SECONDS_TO_STOP", 0.3)
    return Processes()


def lives(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError, FileNotFoundError):
        os.kill(pid, 0)
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().split()[2]
    return False


def test_a_process_that_ignores_sigterm_goes_with_its_child(processes: Processes, tmp_path: Path) -> None:
    started = processes.start("stubborn", [sys.executable, "-c", STUBBORN], ready="up")
    processes.wait()
    child = int((tmp_path / "stubborn.log").read_text().split()[1])
    assert lives(started.popen.pid) and lives(child)
    processes.stop()
    deadline = time.monotonic() + 5
    while lives(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not lives(child) and started.popen.returncode is not None


def test_servers_stop_after_those_they_serve(processes: Processes, tmp_path: Path) -> None:
    order = tmp_path / "order"
    code = (
        "import signal, sys, time\n"
        f"def end(*_): open({str(order)!r}, 'a').write(sys.argv[1] + ' '); sys.exit()\n"
        "signal.signal(signal.SIGTERM, end); print('up', flush=True); time.sleep(60)"
    )
    processes.start("broker", [sys.executable, "-c", code, "broker"], ready="up", serves_others=True)
    processes.start("worker", [sys.executable, "-c", code, "worker"], ready="up")
    processes.wait()
    processes._all[0].popen.poll()
    module._SECONDS_TO_STOP = 5
    processes.stop()
    assert order.read_text().split() == ["worker", "broker"]


def test_a_process_that_ends_early_is_named_with_its_log(processes: Processes, tmp_path: Path) -> None:
    processes.start("broken", [sys.executable, "-c", "raise SystemExit(3)"], ready="never")
    with pytest.raises(Failed, match="broken ended with exit code 3") as caught:
        processes.wait()
    assert caught.value.log == tmp_path / "broken.log"
    processes.stop()
