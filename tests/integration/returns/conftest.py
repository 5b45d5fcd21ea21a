"""Fixtures; the builders are in rooms.py, which only imports once Django is set up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .rooms import Room


@pytest.fixture
def room(db: None) -> Room:
    from .rooms import make_room

    return make_room()


@pytest.fixture
def committed_room(transactional_db: None) -> Room:
    """The same, visible to other connections, and with refunds that may call the gateway."""
    from .rooms import make_room

    return make_room()
