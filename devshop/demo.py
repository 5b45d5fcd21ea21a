"""`make demo`: the whole story on a real shop, with the proof of each step."""

from __future__ import annotations

import time
from types import ModuleType

from devshop import house, terminal
from devshop.opening import open_all
from devshop.places import LOGS, Failed
from devshop.story import (
    announcing,
    arriving,
    draining,
    enabling,
    exchanging,
    following,
    keeping,
    mirroring,
    opening,
    promising,
    remembering,
    restocking,
    returning,
    routing,
    sale,
    shipping,
    stocking,
    subscribing,
)
from devshop.story.stage import Outcome, Stage

STEPS: tuple[ModuleType, ...] = (
    opening,
    enabling,
    subscribing,
    stocking,
    draining,
    promising,
    sale,
    routing,
    shipping,
    arriving,
    mirroring,
    returning,
    remembering,
    restocking,
    following,
    keeping,
    exchanging,
    announcing,
)


def main() -> int:
    """Play it. Raises Failed, naming the step that did."""
    started = time.monotonic()
    with house.house() as opened:
        shop, bridge = open_all(opened)
        assert opened.postgres
        terminal.headline("The story")
        stage = Stage(shop, bridge, opened.postgres)
        try:
            outcomes = [play(step, stage, opened) for step in STEPS]
        finally:
            stage.subscriber.close()
    rows = [(step.TITLE, found.happened, found.proof) for step, found in zip(STEPS, outcomes, strict=True)]
    print("\n" + terminal.table(("step", "what happened", "where the proof was read"), rows, (3, 9, 6)))
    print(f"\n{len(rows)} of {len(rows)} effects read back in {time.monotonic() - started:.0f} s. {_next()}")
    return 0


def play(step: ModuleType, stage: Stage, opened: house.House) -> Outcome:
    """Play one step on its own line, and see that everything still runs."""
    with terminal.step(step.TITLE) as line:
        stage.line = line
        try:
            outcome: Outcome = step.play(stage)
            opened.processes.watch()
        except Failed as failure:
            raise Failed(f"“{step.TITLE}” failed: {failure}", failure.log or LOGS) from failure
        except (KeyError, TypeError, IndexError, OSError) as error:
            raise Failed(f"“{step.TITLE}” failed: {type(error).__name__}: {error}", LOGS) from error
        line.say(outcome.happened)
    return outcome


def _next() -> str:
    return (
        "\n\nNext: `make serve` keeps such a shop running, to look around in; docs/ says what each part does."
    )
