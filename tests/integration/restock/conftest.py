"""Fixtures; the builders are in rooms.py, which only imports once Django is set up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from saleor_plugins.kernel import clock

if TYPE_CHECKING:
    from .rooms import Room


@pytest.fixture
def room(db: None) -> Room:
    from .rooms import make_room

    return make_room()


@pytest.fixture
def committed_room(transactional_db: None) -> Room:
    """The same, visible to other connections."""
    from .rooms import make_room

    return make_room()


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """`at(instant)`: it is then."""
    return lambda instant: monkeypatch.setattr(clock, "now", lambda: instant)
