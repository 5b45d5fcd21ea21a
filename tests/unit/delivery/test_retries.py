from __future__ import annotations

from datetime import timedelta

import pytest

from saleor_plugins.delivery import Park, Retry
from saleor_plugins.delivery.retries import HANDLER, WEBHOOK, SendFailed, describe, wait
from saleor_plugins.kernel.errors import Conflict


@pytest.mark.parametrize("schedule", [HANDLER, WEBHOOK])
def test_waits_grow_and_end(schedule: tuple[timedelta, ...]) -> None:
    assert list(schedule) == sorted(schedule)
    for attempt, least in enumerate(schedule, start=1):
        spread = {wait(schedule, attempt, ValueError()) for _ in range(20)}
        assert all(least <= found <= least * 1.2 for found in spread)
        assert len(spread) > 1
    assert wait(schedule, len(schedule) + 1, ValueError()) is None


def test_a_handler_says_when_or_never() -> None:
    soon = timedelta(seconds=7)
    assert wait(HANDLER, 1, Retry(after=soon)) == soon
    assert wait(HANDLER, 1, Park("no use")) is None
    # Asking for ever is not a way to never end.
    assert wait(HANDLER, len(HANDLER) + 1, Retry(after=soon)) is None


def test_only_our_own_words_are_kept() -> None:
    try:
        raise ValueError("jane@example.com")
    except ValueError as error:
        text = describe(error)
    assert text.startswith("ValueError at test_retries.py:")
    assert "jane" not in text
    assert describe(Conflict("The order is closed.")) == "Conflict: The order is closed."
    assert describe(SendFailed("HTTP 500")) == "SendFailed: HTTP 500"
    assert len(describe(Park("x" * 1000))) == 200
