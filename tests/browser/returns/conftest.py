"""playwright keeps an event loop in the thread of the tests, which Django takes for an asynchronous view.

It stays there for the rest of the session, so this is said once and for all.
"""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def fresh_minute() -> None:
    """What the tests before have asked for counts for nobody."""
    cache.clear()


@pytest.fixture
def scene(transactional_db: None, live_server: object) -> object:
    """A shop at a real address, with an order to return from."""
    from .scene import make_scene

    return make_scene(live_server)
