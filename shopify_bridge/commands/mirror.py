"""plan, apply, replay: what would change, doing just that, and trying again what did not work."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable

from .. import terminal
from ..domain.plan import Action
from ..models import OPEN, Change, Kind, Store
from ..usecases import progress as work
from ..usecases.apply import prepare, record
from ..usecases.draft import Draft
from ..usecases.plan import Notes, as_json, make_plan
from ..usecases.replay import parked
from ..usecases.replay import replay as again
from ..usecases.sides import Sides
from .common import confirmed, one_store, result, wait
from .show import Digest

_SHOWN_NOTES = 5
_EXAMPLES = 10


def plan(arguments: argparse.Namespace) -> int:
    """Show the plan; nothing is written."""
    store, notes, digest = one_store(arguments), Notes(), _digest(arguments)
    first = first_run(store)
    with terminal.progress() as bars:
        actions = digest.watch(make_plan(Sides(store), notes, terminal.ReadProgress(bars)))
        if arguments.json:
            _stream(actions, notes)
        else:
            for _ in actions:
                pass
    if not arguments.json:
        _show(store, digest, notes, first)
        _still_open(store)
        if digest.writes:
            terminal.hint(f"Nothing was written. `apply {store.name}` does exactly this.")
    return 2 if arguments.exit_code and digest.writes else 0


def _digest(arguments: argparse.Namespace) -> Digest:
    return Digest(sys.maxsize if arguments.all else _EXAMPLES)


def first_run(store: Store) -> bool:
    """Whether nothing was ever mirrored for the store."""
    return not store.mappings.filter(kind__in=[Kind.PRODUCT, Kind.ORDER, Kind.COLLECTION]).exists()


def _stream(actions: Iterable[Action], notes: Notes) -> None:
    """The plan as one JSON document, written as it is made."""
    sys.stdout.write('{"actions": [')
    for number, action in enumerate(actions):
        text = json.dumps(as_json(action), default=str, ensure_ascii=False)
        sys.stdout.write(f"{',' if number else ''}\n  {text}")
    sys.stdout.write(f'\n], "notes": {json.dumps(notes.lines, ensure_ascii=False)}}}\n')


def _show(store: Store, digest: Digest, notes: Notes, first: bool) -> None:
    digest.show(store.currency)
    for line in notes.lines[:_SHOWN_NOTES]:
        terminal.say(f"note     {line}")
    if len(notes.lines) > _SHOWN_NOTES:
        terminal.say(f"note     and {len(notes.lines) - _SHOWN_NOTES:,} more")
    terminal.say()
    if first and digest.counts:
        _first_report(store, digest)
    terminal.say(f"{notes.products:,} products and {notes.orders:,} orders compared: {digest.summary()}.")


def _first_report(store: Store, digest: Digest) -> None:
    """What a merchant has to know before the first write."""
    counts = digest.counts
    terminal.say(f"This is the first mirror to {store.domain or store.shop}:")
    if counts["create"]:
        terminal.say(f"- {counts['create']:,} products are not in Shopify yet and will be created.")
    if digest.linked:
        names, count = ", ".join(digest.linked[:5]), len(digest.linked)
        more = f" and {count - 5:,} more" if count > 5 else ""
        terminal.say(
            f"- {count:,} were found in Shopify by SKU and will be linked: {names}{more}. Fields "
            "that are Saleor's become as shown above; `configure owners.title=shopify`, say, keeps Shopify's."
        )
    else:
        terminal.say("- None was found in Shopify by SKU.")
    if counts["refuse"]:
        terminal.say(f"- {counts['refuse']:,} cannot be mirrored; the reasons are above.")
    gone = counts["delete"] + counts["archive"]
    terminal.say(
        f"- {gone:,} products that an earlier connection made will be archived or deleted."
        if gone
        else "- Nothing of yours is deleted: products, variants, pictures, tags and metafields that only "
        "Shopify has stay as they are."
    )


def _still_open(store: Store) -> None:
    waiting = Change.objects.filter(store=store, state__in=OPEN).count()
    if waiting:
        terminal.complain(f"{waiting:,} changes of an earlier apply are still in work; `apply` resumes them.")


def apply(arguments: argparse.Namespace) -> int:
    """Resume what is open, plan, record, and wait until it is done."""
    store, notes, digest = one_store(arguments), Notes(), _digest(arguments)
    sides, first = Sides(store), first_run(store)
    if not arguments.dry_run and work.resume(store):
        terminal.err.print("Resuming an earlier apply.")
        wait(store, inline=arguments.inline, timeout=arguments.timeout)
    with Draft() as draft:
        with terminal.progress() as bars:
            if not arguments.dry_run:
                prepare(sides)
            draft.write(digest.watch(make_plan(sides, notes, terminal.ReadProgress(bars))))
        if not arguments.json:
            _show(store, digest, notes, first)
        elif arguments.dry_run or not draft.count:
            _stream(draft, notes)
        if arguments.dry_run or not draft.count:
            return 0
        if not arguments.yes and not confirmed("Carry this out?"):
            terminal.say("Nothing was written.")
            return 0
        run = record(store, draft)
    finished = wait(store, inline=arguments.inline, timeout=arguments.timeout)
    return result(store, run, as_json=arguments.json, finished=finished)


def replay(arguments: argparse.Namespace) -> int:
    """Try parked changes again: all, or those that are named."""
    if arguments.store and not Store.objects.filter(name=arguments.store).exists():
        arguments.id, arguments.store = [arguments.store, *arguments.id], None
    store = one_store(arguments)
    if arguments.dry_run:
        terminal.say(f"{parked(store, arguments.id).count():,} changes would be handed over again.")
        return 0
    terminal.say(f"{again(store, arguments.id):,} changes handed over again.")
    return 0 if not arguments.inline or wait(store, inline=True, timeout=600) else 1
