"""Stop writing to somebody."""

from __future__ import annotations

from ...kernel import clock
from ..store import alerts as store
from ..views.alert_links import stopped


def unsubscribe_alert(token: str) -> bool:
    """End all that the address of a mail's link waits for. False for a link that is not ours."""
    digest = stopped(token)
    if digest is None:
        return False
    store.unsubscribe(digest, clock.now())
    return True
