"""Who listens to what: filled while the apps load, equal in every process.

A web process writes the rows that a worker works on, so both must import the same apps: what is
registered in only one of them is either never written or never run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID


@dataclass(frozen=True)
class Message:
    """What a handler gets. `id` is the event's, the same in every attempt (the first is 1)."""

    id: UUID
    topic: str
    data: Mapping[str, Any]
    created: datetime
    attempt: int


class Retry(Exception):
    """Raised by a handler: nothing is wrong, but try again after `after`."""

    def __init__(self, reason: str = "", *, after: timedelta):
        super().__init__(reason)
        self.after = after


class Park(Exception):
    """Raised by a handler: trying again is pointless; keep it as a dead letter."""


Run = Callable[[Message], object]
_Run = TypeVar("_Run", bound=Run)
_Sweep = TypeVar("_Sweep", bound=Callable[[], object])


@dataclass(frozen=True)
class Handler:
    """A subscriber inside this installation."""

    topic: str
    name: str
    run: Run
    atomic: bool
    lease: timedelta | None = None


@dataclass
class Registry:
    """Everything that was registered."""

    topics: dict[str, str] = field(default_factory=dict)
    handlers: dict[str, Handler] = field(default_factory=dict)
    sweepers: dict[str, Callable[[], object]] = field(default_factory=dict)

    def listening(self, topic: str) -> Iterable[str]:
        """Names of the handlers of `topic`."""
        return [handler.name for handler in self.handlers.values() if handler.topic == topic]


registry = Registry()


def declare(topic: str, description: str) -> None:
    """Make `topic` public: webhook endpoints may subscribe to it. Others stay internal."""
    registry.topics[topic] = description


def subscribe(
    topic: str, *, name: str, atomic: bool = True, lease: timedelta | None = None
) -> Callable[[_Run], _Run]:
    """Register a handler of `topic` under `name`, which rows carry: never rename it lightly.

    `atomic`: the handler and its done-mark share one transaction: exactly once. Otherwise it runs
    outside any transaction, for external effects, at least once: reserve, do, settle in there.
    Raising means a later attempt; `Retry` says when, `Park` says never.

    `lease` (five minutes unless given): whoever takes longer is taken for dead and the row is given
    to another worker, so it must be longer than a non-atomic handler ever takes.
    """

    def register(run: _Run) -> _Run:
        _refuse_other(registry.handlers.get(name), run, name)
        registry.handlers[name] = Handler(topic, name, run, atomic, lease)
        return run

    return register


def sweeper(name: str) -> Callable[[_Sweep], _Sweep]:
    """Register a function that the beat calls about every minute, to find what no hook reported.

    Two may overlap, so what it finds must be emitted under a `key` or be otherwise repeatable.
    """

    def register(run: _Sweep) -> _Sweep:
        registry.sweepers[name] = run
        return run

    return register


def _refuse_other(known: Handler | None, run: Callable[..., object], name: str) -> None:
    if known and (known.run.__module__, known.run.__qualname__) != (run.__module__, run.__qualname__):
        raise ValueError(f"Two handlers are called {name}.")
