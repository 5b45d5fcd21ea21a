"""What the commands share."""

from __future__ import annotations

import argparse
import os
import sys
import time
from datetime import UTC, datetime, timedelta

from saleor_plugins.delivery.relay import run as deliver
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Invalid, NotFound

from .. import terminal
from ..models import OPEN, Change, Run, State, Store


def need(name: str) -> str:
    """An environment variable. Raises Invalid without it."""
    if not os.environ.get(name):
        raise Invalid(f"Set {name}.", field=name)
    return os.environ[name]


def one_store(arguments: argparse.Namespace) -> Store:
    """The connection that is named, or the only one."""
    stores = Store.objects.all()
    if arguments.store:
        stores = stores.filter(name=arguments.store)
    found = list(stores[:2])
    if not found:
        raise NotFound("There is no such connection; `shopify-bridge connect` makes one.", field="store")
    if len(found) > 1:
        raise Invalid("There are several connections; name one.", field="store")
    return found[0]


def confirmed(question: str) -> bool:
    """Ask a person. Raises Invalid where nobody can answer."""
    if not sys.stdin.isatty():
        raise Invalid("Nobody to ask: add --yes.", field="--yes")
    return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")


def wait(store: Store, *, inline: bool, timeout: float) -> bool:
    """Show progress until nothing is open; False when the time was not enough."""
    open_changes = Change.objects.filter(store=store, state__in=OPEN)
    total, deadline = open_changes.count(), time.monotonic() + timeout
    with terminal.progress() as bars:
        bar = bars.add_task("Shopify writes", total=total)
        while left := open_changes.count():
            bars.update(bar, completed=total - left)
            if time.monotonic() > deadline:
                return False
            if not inline or not deliver(budget=1.0):
                time.sleep(0.3)
        bars.update(bar, completed=total)
    return True


def result(store: Store, run: Run | None, *, as_json: bool, finished: bool) -> int:
    """Say how a run ended; the exit code."""
    changes = Change.objects.filter(run=run) if run else Change.objects.none()
    counts = {state: changes.filter(state=state).count() for state in State.values}
    parked = list(changes.filter(state=State.PARKED).values("id", "verb", "label", "reason"))
    if as_json:
        terminal.print_json({"finished": finished, "changes": counts, "parked": parked})
    else:
        still = counts["PENDING"] + counts["WORKING"]
        terminal.say(f"{counts['DONE']:,} done, {counts['PARKED']:,} parked, {still:,} open.")
        for row in parked[:20]:
            terminal.complain(f"parked: {row['verb']} {row['label']}: {row['reason']}")
        if parked:
            terminal.hint(f"`status {store.name}` lists them; mend the cause, then `replay {store.name}`.")
    if not finished:
        terminal.complain("Not all was done in time; is a worker running? `apply` resumes.")
    return 0 if finished and not parked else 1


def moment(text: str, name: str) -> datetime:
    """A point in time: 2026-11-23, 2026-11-23T10:00+01:00, or 90m, 6h, 2d ago. Raises Invalid."""
    try:
        if text[-1:] in "mhd" and text[:-1].isdigit():
            unit = {"m": "minutes", "h": "hours", "d": "days"}[text[-1]]
            return clock.now() - timedelta(**{unit: int(text[:-1])})
        given = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid("Must be a day, a time as 2026-11-23T10:00, or 90m, 6h, 2d.", field=name) from None
    return given if given.tzinfo else given.replace(tzinfo=UTC)
