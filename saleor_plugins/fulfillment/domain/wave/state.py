"""The states of a wave's row."""

from __future__ import annotations

from ....kernel.transitions import Machine, transition

QUEUED, RUNNING, DONE, FAILED = "QUEUED", "RUNNING", "DONE", "FAILED"
OPEN = (QUEUED, RUNNING)

WAVE = Machine(
    "wave",
    [
        transition("begin", [QUEUED, RUNNING], RUNNING, "a worker; again when the last one was not heard of"),
        transition("finish", [RUNNING], DONE, "its worker"),
        transition("fail", [QUEUED, RUNNING], FAILED, "its worker, or nobody after three that died"),
    ],
)
