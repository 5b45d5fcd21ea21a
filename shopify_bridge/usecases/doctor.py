"""What stands in the way of a connection, and how to mend it. Looks at both sides, changes nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

from django.db import connection

from saleor_plugins.delivery import emit
from saleor_plugins.delivery.models import Delivery
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import OpsError

from ..models import Change, Kind, State, Store
from ..shopify.errors import Unauthorized
from . import doctor_store
from .dirty import waiting
from .findings import OK, PROBLEM, WARNING, Check, Finding
from .sides import Sides

PULSE = "bridge.pulse"
LATE = timedelta(minutes=2)
_PULSE_SECONDS = 4.0


def examine(store: Store) -> Iterator[Finding]:
    """Every check in turn; one that cannot be made is a finding itself and stops no other."""
    sides = Sides(store)
    for what, check in CHECKS.items():
        try:
            found = list(check(sides))
        except OpsError as error:
            found = [Finding(PROBLEM, what, error.message, _mend(error, store))]
        yield from found or [Finding(OK, what, "is well")]


def _mend(error: OpsError, store: Store) -> str:
    if isinstance(error, Unauthorized):
        return f"take a new Admin API token, and `connect {store.name} …` with it as SHOPIFY_TOKEN"
    if error.code == "SALEOR_DENIED":
        return f"give the app in Saleor its permissions, or `connect {store.name} …` with a new SALEOR_TOKEN"
    if error.code.startswith("SALEOR"):
        return f"see whether {store.saleor_url} answers from this machine"
    return f"see whether {store.shop} answers from this machine, and https://www.shopifystatus.com"


def _installed(sides: Sides) -> Iterator[Finding]:
    if sides.store.uninstalled:
        yield Finding(
            PROBLEM,
            "app",
            f"was taken from the store on {sides.store.uninstalled:%Y-%m-%d}; nothing is mirrored",
            f"install it again and `connect {sides.store.name} …` with the new token",
        )


def _saleor(sides: Sides) -> Iterator[Finding]:
    info = sides.source.info
    if info.currency != sides.currency:
        yield Finding(
            PROBLEM,
            "currency",
            f"Saleor sells in {info.currency} now, the connection was made for {sides.currency}",
            "connect a channel with the store's currency",
        )
    # Asking for one is how a missing permission shows on every generation of Saleor.
    next(iter(sides.source.products()), None)
    if sides.store.orders_since:
        next(iter(sides.source.orders(clock.now().date())), None)


def _clocks(sides: Sides) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (theirs,) = cursor.fetchone()
    off = abs((clock.now() - theirs).total_seconds())
    if off > 5:
        said = f"this machine and the database are {off:.0f} s apart"
        yield Finding(WARNING, "clock", said, "let both keep time by NTP")


def _workers(sides: Sides) -> Iterator[Finding]:
    event = emit(PULSE, {}, delay=timedelta(seconds=-1))
    mine, deadline = Delivery.objects.filter(event=event), time.monotonic() + _PULSE_SECONDS
    while mine.exclude(state="DONE").exists():
        if time.monotonic() > deadline:
            said = f"no worker took up work within {_PULSE_SECONDS:.0f} s"
            yield Finding(
                PROBLEM,
                "worker",
                said,
                "start `shopify-bridge worker`, with the CELERY_BROKER_URL of everything else; or it is busy",
            )
            return
        time.sleep(0.1)


def _backlog(sides: Sides) -> Iterator[Finding]:
    oldest = waiting(sides.store).first()
    if oldest and oldest.heard < clock.now() - LATE:
        said = (
            f"{waiting(sides.store).count()} changes wait, the oldest since {oldest.heard:%Y-%m-%d %H:%M} UTC"
        )
        why = f" ({oldest.reason})" if oldest.reason else ""
        yield Finding(WARNING, "sync", said + why, f"`sync {sides.store.name}` works on them now")
    parked = Change.objects.filter(store=sides.store, state=State.PARKED).count()
    if parked:
        said = f"{parked} changes could not be made"
        yield Finding(WARNING, "parked", said, f"`status {sides.store.name}` says why; mend, then `replay`")
    if not sides.mappings(Kind.PLACE).exists():
        said = "no warehouse has a location: no stock is mirrored"
        mend = f"`connect {sides.store.name} … --map-locations`"
        yield Finding(WARNING, "locations", said, mend)


CHECKS: dict[str, Check] = {
    "app": _installed,
    "Saleor": _saleor,
    "Shopify": doctor_store.scopes,
    "locations": doctor_store.places,
    "metafields": doctor_store.definitions,
    "settings": doctor_store.settings,
    "bulk operations": doctor_store.bulk,
    "webhooks": doctor_store.webhooks,
    "clock": _clocks,
    "worker": _workers,
    "backlog": _backlog,
}
