"""How carrying out a change can end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Link:
    """A mapping to be stored when a change is done."""

    kind: str
    key: str
    gid: str
    content_hash: str = ""
    echo: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Done:
    """It is so in Shopify now. `alarm` is set when it is there but not as it should be."""

    links: tuple[Link, ...] = ()
    alarm: str = ""


class ParkedError(Exception):
    """A person has to look: the reason says why. Nothing more is written for this change."""


class LaterError(Exception):
    """Not now; try again after `seconds`."""

    def __init__(self, reason: str, seconds: float):
        super().__init__(reason)
        self.reason, self.seconds = reason, seconds
