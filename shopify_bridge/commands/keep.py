"""sync and reconcile: keeping up with what changes, and finding what differs all the same."""

from __future__ import annotations

import argparse
import time

from saleor_plugins.delivery import Retry
from saleor_plugins.kernel.errors import OpsError

from .. import terminal
from ..models import Store
from ..usecases import reconcile as drift
from ..usecases.dirty import waiting
from ..usecases.plan import as_json
from ..usecases.sides import Sides
from ..usecases.sync import catch_up, plan_dirty
from .common import confirmed, moment, one_store, result, wait
from .show import Digest, possessive

_EXAMPLES = 10
_PAUSE = 0.5


def sync(arguments: argparse.Namespace) -> int:
    """Catch up with everything that was heard of; with `--watch`, go on doing so."""
    store = one_store(arguments)
    if arguments.dry_run:
        return _would(store, arguments.json)
    if arguments.poll:
        found = drift.poll(store)
        if not arguments.json:
            terminal.say(f"{found:,} products changed on either side since they were last asked.")
    failed, done = _all_waiting(store)
    while arguments.watch:
        time.sleep(_PAUSE)
        drift.poll_due()
        failed, more = _all_waiting(store)
        if more:
            terminal.say(f"{more:,} caught up")
    left = waiting(store).count()
    if arguments.json:
        terminal.print_json({"done": done, "waiting": left, "failed": failed})
    else:
        terminal.say(f"{done:,} caught up, {left:,} still wait.")
        for line in failed:
            terminal.complain(line)
    return 1 if failed or left else 0


def _all_waiting(store: Store) -> tuple[list[str], int]:
    """Work on everything that waits, in this process; what failed, and how many did not."""
    failed, done = [], 0
    for row in waiting(store).iterator():
        try:
            catch_up(str(row.pk))
            done += 1
        except Retry:
            continue
        except OpsError as error:
            failed.append(f"{row.subject} {row.key}: {error.message}")
    return failed, done


def _would(store: Store, as_text: bool) -> int:
    digest = Digest(_EXAMPLES)
    rows = [(row, list(digest.watch(actions))) for row, actions in plan_dirty(store)]
    if as_text:
        terminal.print_json(
            [
                {"subject": row.subject, "key": row.key, "actions": [as_json(action) for action in actions]}
                for row, actions in rows
            ]
        )
    else:
        digest.show(store.currency)
        terminal.say(
            f"{len(rows):,} things wait; {digest.writes:,} changes would follow. Nothing was written."
        )
    return 0


def reconcile(arguments: argparse.Namespace) -> int:
    """Report drift; with `--repair`, mend it. Exit code 2 when there is drift that was left."""
    store, digest = one_store(arguments), Digest(_EXAMPLES)
    since = moment(arguments.since, "--since") if arguments.since else None
    with terminal.progress() as bars:
        actions = list(digest.watch(drift.find(Sides(store), since, terminal.ReadProgress(bars))))
    repair = arguments.repair and not arguments.dry_run and digest.writes
    if not arguments.json:
        _report(store, digest)
    elif not repair:
        terminal.print_json(digest.drift.as_json() | {"actions": [as_json(action) for action in actions]})
    if not repair:
        return 2 if digest.writes else 0
    if not arguments.yes and not confirmed("Mend this?"):
        return 2
    run = drift.repair(store, actions)
    finished = wait(store, inline=arguments.inline, timeout=arguments.timeout)
    return result(store, run, as_json=arguments.json, finished=finished)


def _report(store: Store, digest: Digest) -> None:
    if not digest.counts:
        terminal.say("No drift: both sides are equal.")
        return
    digest.show(store.currency)
    rows = [
        (name, possessive(owner), f"{count:,}") for (name, owner), count in digest.drift.fields.most_common()
    ]
    terminal.say()
    terminal.table("Drift by field", ["field", "whose word counts", "things"], rows)
