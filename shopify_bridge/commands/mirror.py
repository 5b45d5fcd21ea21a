"""The commands that need the bridge's database."""

from __future__ import annotations

import argparse
import os
import sys
import time
from datetime import date
from typing import Any

from django.core.management import call_command

from saleor_plugins.kernel.errors import Invalid, NotFound

from .. import terminal
from ..models import OPEN, Change, Run, State, Store
from ..usecases import progress as work
from ..usecases.apply import prepare, record
from ..usecases.plan import Notes, as_json, make_plan
from ..usecases.sides import Sides
from ..usecases.status import report

_SHOWN_NOTES = 5


def migrate(arguments: argparse.Namespace) -> int:
    """Make the tables."""
    call_command("migrate", plan=arguments.dry_run, verbosity=1)
    return 0


def connect(arguments: argparse.Namespace) -> int:
    """Connect and say which warehouse is which location."""
    from ..saleor.dialect import log_in
    from ..usecases.connect import Connection
    from ..usecases.connect import connect as use_case

    token = arguments.saleor_token or os.environ.get("SALEOR_TOKEN", "")
    if arguments.saleor_email:
        token = log_in(arguments.saleor_url, arguments.saleor_email, _need("SALEOR_PASSWORD"))
    if not token:
        raise Invalid("Give SALEOR_TOKEN, or --saleor-email with SALEOR_PASSWORD.", field="--saleor-token")
    given = Connection(
        arguments.name,
        arguments.saleor_url,
        token,
        arguments.shop,
        arguments.shop_token or _need("SHOPIFY_TOKEN"),
        arguments.channel,
        _orders_since(arguments.orders_since),
        os.environ.get("SHOPIFY_WEBHOOK_SECRET", ""),
    )
    named = dict(item.split("=", 1) for item in arguments.location if "=" in item)
    store, pairs = use_case(given, named, by_order=arguments.map_locations)
    rows = [(warehouse.name, location.name) for warehouse, location in pairs]
    if arguments.json:
        terminal.print_json({"store": store.name, "currency": store.currency, "locations": rows})
    else:
        terminal.table(f"{store.name} is connected: stock", ["Saleor warehouse", "Shopify location"], rows)
    return 0


def _need(name: str) -> str:
    if not os.environ.get(name):
        raise Invalid(f"Set {name}.", field=name)
    return os.environ[name]


def _store(arguments: argparse.Namespace) -> Store:
    stores = Store.objects.all()
    if arguments.store:
        stores = stores.filter(name=arguments.store)
    found = list(stores[:2])
    if not found:
        raise NotFound("There is no such connection; `shopify-bridge connect` makes one.", field="store")
    if len(found) > 1:
        raise Invalid("There are several connections; name one.", field="store")
    return found[0]


def plan(arguments: argparse.Namespace) -> int:
    """Show the plan."""
    store, notes = _store(arguments), Notes()
    with terminal.progress() as bars:
        actions = list(make_plan(Sides(store), notes, terminal.ReadProgress(bars)))
    _show(actions, notes, arguments.json)
    waiting = Change.objects.filter(store=store, state__in=OPEN).count()
    if waiting and not arguments.json:
        terminal.complain(f"{waiting} changes of an earlier apply are still in work; `apply` resumes them.")
    changes = any(action.writes for action in actions)
    return 2 if arguments.exit_code and changes else 0


def _show(actions: list[Any], notes: Notes, as_text: bool) -> None:
    if as_text:
        terminal.print_json({"actions": [as_json(action) for action in actions], "notes": notes.lines})
        return
    counts = terminal.show_actions(actions)
    for line in notes.lines[:_SHOWN_NOTES]:
        terminal.say(f"note     {line}")
    if len(notes.lines) > _SHOWN_NOTES:
        terminal.say(f"note     and {len(notes.lines) - _SHOWN_NOTES} more")
    summary = ", ".join(f"{count} {verb}" for verb, count in counts.items()) or "nothing to do"
    terminal.say(f"{notes.products} products and {notes.orders} orders compared: {summary}.")


def apply(arguments: argparse.Namespace) -> int:
    """Resume what is open, plan, record, and wait until it is done."""
    store, notes = _store(arguments), Notes()
    sides = Sides(store)
    if not arguments.dry_run and work.resume(store):
        terminal.say("Resuming an earlier apply.")
        _wait(store, arguments)
    with terminal.progress() as bars:
        if not arguments.dry_run:
            prepare(sides)
        actions = list(make_plan(sides, notes, terminal.ReadProgress(bars)))
    if not arguments.json:
        _show(actions, notes, False)
    if arguments.dry_run or not actions or not (arguments.yes or _confirmed()):
        if arguments.json:
            _show(actions, notes, True)
        return 0
    run = record(store, actions)
    finished = _wait(store, arguments)
    return _result(store, run, arguments.json, finished)


def _confirmed() -> bool:
    if not sys.stdin.isatty():
        raise Invalid("Nobody to ask: add --yes.", field="--yes")
    return input("Carry this out? [y/N] ").strip().lower() in ("y", "yes")


def _wait(store: Store, arguments: argparse.Namespace) -> bool:
    """Show progress until nothing is open; False when the time was not enough."""
    open_changes = Change.objects.filter(store=store, state__in=OPEN)
    total, deadline = open_changes.count(), time.monotonic() + arguments.timeout
    with terminal.progress() as bars:
        bar = bars.add_task("Shopify writes", total=total)
        while left := open_changes.count():
            bars.update(bar, completed=total - left)
            if time.monotonic() > deadline:
                return False
            if not arguments.inline or not _work():
                time.sleep(0.3)
        bars.update(bar, completed=total)
    return True


def _work() -> bool:
    """Do what is due in this process; False when nothing was."""
    from saleor_plugins.delivery.relay import run

    return run(budget=1.0) > 0


def _result(store: Store, run: Run | None, as_text: bool, finished: bool) -> int:
    changes = Change.objects.filter(run=run)
    counts = {state: changes.filter(state=state).count() for state in State.values}
    parked = list(changes.filter(state=State.PARKED).values("verb", "label", "reason"))
    if as_text:
        terminal.print_json({"finished": finished, "changes": counts, "parked": parked})
    else:
        terminal.say(
            f"{counts['DONE']} done, {counts['PARKED']} parked, {counts['PENDING'] + counts['WORKING']} open."
        )
        for row in parked:
            terminal.complain(f"parked: {row['verb']} {row['label']}: {row['reason']}")
    if not finished:
        terminal.complain("Not all was done in time; is a worker running? `apply` resumes.")
    return 0 if finished and not parked else 1


def status(arguments: argparse.Namespace) -> int:
    """Show connections and work."""
    stores = Store.objects.filter(name=arguments.store) if arguments.store else Store.objects.all()
    reports = [report(store) for store in stores.order_by("name")]
    if arguments.json:
        terminal.print_json(reports)
        return 0
    for item in reports:
        rows = [(name, value) for name, value in item.items() if name != "parked"]
        terminal.table(item["name"], ["", ""], rows)
        for row in item["parked"]:
            terminal.complain(f"parked: {row['verb']} {row['label']}: {row['reason']}")
    return 0


def replay(arguments: argparse.Namespace) -> int:
    """Try parked changes again."""
    store = _store(arguments)
    terminal.say(f"{work.replay(store)} changes handed over again.")
    arguments.timeout = 600
    return 0 if not arguments.inline or _wait(store, arguments) else 1


def worker(arguments: argparse.Namespace) -> int:
    """Become a Celery worker, with the beat in it."""
    from ..celery import app

    _need("CELERY_BROKER_URL")
    schedule = os.environ.get("CELERY_BEAT_FILE", "/tmp/shopify-bridge-beat")  # noqa: S108 - a schedule, no secret
    app.worker_main(
        [
            "worker",
            "--beat",
            f"--schedule={schedule}-{os.getpid()}",
            f"--concurrency={arguments.concurrency}",
            "--loglevel=INFO",
            "--without-gossip",
            "--without-mingle",
        ]
    )
    return 0


def _orders_since(text: str) -> date | None:
    """The day from which orders are mirrored. Raises Invalid."""
    if text in ("none", "all", "today"):
        return {"none": None, "all": date(2000, 1, 1), "today": date.today()}[text]  # noqa: DTZ011
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("Must be today, all, none or a day as YYYY-MM-DD.", field="--orders-since") from None
