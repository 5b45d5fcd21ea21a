"""When a failed attempt is repeated, and what is remembered of it."""

from __future__ import annotations

import random
import traceback
from datetime import timedelta
from pathlib import Path

from ..kernel.errors import OpsError
from .registry import Park, Retry


def _schedule(*seconds: int) -> tuple[timedelta, ...]:
    return tuple(timedelta(seconds=each) for each in seconds)


_MINUTE, _HOUR = 60, 3600
# Waiting times after the first, second, ... failure; after the last one the delivery is dead.
HANDLER = _schedule(5, 30, 2 * _MINUTE, 10 * _MINUTE, 30 * _MINUTE, _HOUR, 2 * _HOUR, 4 * _HOUR, 8 * _HOUR)
# The schedule that the Standard Webhooks specification suggests.
WEBHOOK = _schedule(
    5, 5 * _MINUTE, 30 * _MINUTE, 2 * _HOUR, 5 * _HOUR, 10 * _HOUR, 14 * _HOUR, 20 * _HOUR, 24 * _HOUR
)
_JITTER = 0.2
_LONGEST = 200


class SendFailed(Exception):
    """An endpoint did not take a webhook; the text names no secret."""


def wait(schedule: tuple[timedelta, ...], attempt: int, error: BaseException) -> timedelta | None:
    """How long to wait after failed `attempt` (from 1); None when it was the last one."""
    if isinstance(error, Park) or attempt > len(schedule):
        return None
    if isinstance(error, Retry):
        return error.after
    # Spread, so that what failed together does not come back together.
    return schedule[attempt - 1] * (1 + random.uniform(0, _JITTER))  # noqa: S311


def describe(error: BaseException) -> str:
    """`error` for an operator: its text only where it is ours, as others quote personal data."""
    name = type(error).__name__
    if isinstance(error, (OpsError, Park, Retry, SendFailed)):
        return f"{name}: {error}"[:_LONGEST]
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno} in {frames[-1].name}" if frames else ""
    return f"{name}{where}"[:_LONGEST]
