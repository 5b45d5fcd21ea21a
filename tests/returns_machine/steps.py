"""The register of what may happen at the desk."""

from __future__ import annotations

from collections.abc import Callable

from .world import World

Step = Callable[[World], object]
# How often each happens, beside the others.
STEPS: dict[str, tuple[Step, int]] = {}


def step(weight: int = 4) -> Callable[[Step], Step]:
    """Register a step; one that finds nothing to do answers False and something wrong is tried instead."""

    def register(run: Step) -> Step:
        STEPS[run.__name__] = run, weight
        return run

    return register


def wheel() -> list[str]:
    """The names of all steps, as often as their weight says."""
    return [name for name, (_, weight) in STEPS.items() for _ in range(weight)]
