"""How carrying out a change can end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..models import Change
    from .sides import Sides


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
    """It is so in Shopify now. `alarm` is set when it is there but not as it should be.

    `more`: one step of several is done in bulk, and the change goes on with this in its payload.
    """

    links: tuple[Link, ...] = ()
    alarm: str = ""
    more: Mapping[str, Any] | None = None


class ParkedError(Exception):
    """A person has to look: the reason says why. Nothing more is written for this change."""


class LaterError(Exception):
    """Not now; try again after `seconds`."""

    def __init__(self, reason: str, seconds: float):
        super().__init__(reason)
        self.reason, self.seconds = reason, seconds


@dataclass(frozen=True)
class Bulkable:
    """How a verb goes into a bulk operation: many changes, one document, a line of variables each.

    `document` names one of `shopify/queries`: a mutation of one field that may be repeated
    (`documents.IDEMPOTENT`), with at most one connection in what it asks for. `line` answers the
    variables, or None when this change has to go by itself; it may raise ParkedError, and asks nothing.
    `learn` is given the data of the line's answer by the mutation's field, as in {"productSet": {...}},
    without userErrors; it may raise ParkedError, or LaterError when the answer is not this change's.
    `ahead`, where there is one, is told a page of changes before `line` is asked for them; it may ask.
    `steps`: where changes take several, the document of each; a change is at the first in its payload's
    "steps", and goes alone when that is not here. `again`: codes of userErrors after which a change is
    compared again by itself.
    """

    document: str
    line: Callable[[Change, Sides], Mapping[str, Any] | None]
    learn: Callable[[Change, Sides, Mapping[str, Any]], Done]
    ahead: Callable[[Sequence[Change], Sides], None] | None = None
    steps: Mapping[str, str] = field(default_factory=dict)
    again: frozenset[str] = frozenset()
