"""Waves in the background: one at a time, begun again when their worker died."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from ...delivery import Message, Retry, subscribe, sweeper
from .. import config
from ..domain.wave.state import QUEUED
from ..store import waves
from ..topics import WAVE_DUE
from ..usecases.route_wave import recover_waves, run_wave

# An hour of search and the commits; a worker that dies is found sooner, by the wave's own row.
LEASE = timedelta(hours=3)
ANOTHER_RUNS = timedelta(minutes=1)


@subscribe(WAVE_DUE, name="fulfillment.wave", atomic=False, lease=LEASE)
def wave_due(message: Message) -> None:
    """Run the wave, unless somebody else does or it has ended; wait while another one runs."""
    key = UUID(message.data["waveId"])
    if not config.is_active():
        waves.fail_wave(key, "Order routing was switched off.")
        return
    if run_wave(key) is None:
        row = waves.wave(key)
        if row and row.state == QUEUED:
            raise Retry("Another wave runs.", after=ANOTHER_RUNS)


@sweeper("fulfillment.waves")
def find_dead_waves() -> None:
    """Hand waves whose workers died to others."""
    if config.is_active():
        recover_waves()
