from __future__ import annotations

from pathlib import Path

from saleor_plugins.delivery import retries
from saleor_plugins.delivery.registry import registry

PAGE = (Path(__file__).parents[3] / "docs" / "webhooks.md").read_text()


def test_every_public_event_is_in_the_docs() -> None:
    assert registry.topics
    assert [topic for topic in registry.topics if f"| `{topic}` |" not in PAGE] == []


def test_the_schedules_in_the_docs_are_those_of_the_code() -> None:
    for schedule, joint in ((retries.WEBHOOK, " and "), (retries.HANDLER, ", ")):
        steps = [_short(int(wait.total_seconds())) for wait in schedule]
        assert ", ".join(steps[:-1]) + joint + steps[-1] in " ".join(PAGE.split())


def _short(seconds: int) -> str:
    if seconds < 60:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 3600 else f"{seconds // 3600} h"
