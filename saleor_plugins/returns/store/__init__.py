"""All database access of the desk.

Locks are taken in one order: the shop's order, our rows of it, its lines, its payments, then stock. What
changes anything about an order starts with `open_order` or `open_return`, so that two
requests about the same order never interleave.
"""

from .attention import Attention, waiting_for
from .desk import Desk, open_order, open_return
from .listed import for_api, listed
from .lookup import deliveries, expired, find_return, lock_return, no_such_return
from .parcels import next_receipt, parcel_lines, shown_returns, unjudged, unshown_returns
from .steps import buckets, changed, log, move, release, revive, save_buckets

__all__ = [
    "Attention",
    "Desk",
    "buckets",
    "changed",
    "deliveries",
    "expired",
    "find_return",
    "for_api",
    "listed",
    "lock_return",
    "log",
    "move",
    "next_receipt",
    "no_such_return",
    "open_order",
    "open_return",
    "parcel_lines",
    "release",
    "revive",
    "save_buckets",
    "shown_returns",
    "unjudged",
    "unshown_returns",
    "waiting_for",
]
