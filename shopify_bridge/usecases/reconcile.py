"""Finding drift: what differs although everything that was heard of is done, by field and by owner."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import OpsError

from ..domain.fields import VARIANT
from ..domain.plan import Action
from ..models import OPEN, Change, Kind, Origin, Run, Store, Subject
from .apply import record
from .dirty import mark
from .locks import exclusive
from .plan import Notes, Progress, make_plan, plan_one, silent
from .sides import Sides

# One action of these is many things.
LISTS = ("stock", "take", "price")
_VARIANT = ("key", "metafields", *sorted(VARIANT, key=len, reverse=True))
log = logging.getLogger(__name__)
# Clocks of three machines, and answers that come late.
OVERLAP = timedelta(minutes=2)
# More than that is no edit but an import: a plan finds it cheaper.
MOST = 2000
_PAGE = 250


@dataclass
class Drift:
    """How much differs: by verb (`parts`: the fields of its actions), and by field and whose word counts."""

    things: Counter[str] = field(default_factory=Counter)
    parts: Counter[str] = field(default_factory=Counter)
    fields: Counter[tuple[str, str]] = field(default_factory=Counter)

    def count(self, actions: Iterable[Action]) -> Iterator[Action]:
        """The same actions, counted as they pass."""
        for action in actions:
            self.things[action.verb] += 1
            self.parts[action.verb] += len(action.fields)
            found = [(generic(change.path), change.owner) for change in action.fields]
            self.fields.update(found if action.verb in LISTS else set(found))
            yield action

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        return {
            "things": dict(self.things),
            "fields": [
                {"field": name, "owner": owner, "things": count}
                for (name, owner), count in self.fields.most_common()
            ],
        }


def generic(path: str) -> str:
    """A field without the thing it is of: `variant S-M price` is the price of a variant."""
    if path.startswith("variant "):
        known = next((name for name in _VARIANT if path.endswith(f" {name}")), "")
        return f"variant {known}" if known else "variants"
    if " at " in path:
        return "stock"
    return path.split(" ", 1)[0] if path.startswith(("picture ", "metafield ")) else path


def find(sides: Sides, since: datetime | None = None, progress: Progress = silent) -> Iterator[Action]:
    """What differs: everything, or only among products that changed on either side since a moment."""
    if since is None:
        yield from make_plan(sides, Notes(), progress)
        return
    for number, key in enumerate(sorted(changed(sides, since)), 1):
        progress("changed products", number, None)
        yield from plan_one(sides, key)


def repair(store: Store, actions: Iterable[Action]) -> Run | None:
    """Hand the differences to the workers, like a plan."""
    return record(store, actions, origin=Origin.RECONCILE)


def changed(sides: Sides, since: datetime) -> set[str]:
    """Saleor's ids of the mirrored products that changed on one of the sides since a moment."""
    keys = set(sides.source.changed_since(since))
    gids = list(_changed_there(sides, since))
    for start in range(0, len(gids), _PAGE):
        part = gids[start : start + _PAGE]
        keys |= set(sides.mappings(Kind.PRODUCT).filter(gid__in=part).values_list("key", flat=True))
    return keys


def _changed_there(sides: Sides, since: datetime) -> Iterator[str]:
    """Shopify's products that changed: no more than the 25,000 that a search answers, the oldest first."""
    after, words = None, f"updated_at:>='{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'"
    while True:
        page = sides.client.run("BridgeChanged", first=_PAGE, after=after, query=words)["products"]
        yield from (node["id"] for node in page["nodes"])
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return


def poll(store: Store) -> int:
    """Ask both sides what has changed since they were last asked, as webhooks get lost; answers how many did.

    Never while an apply is at work, whose writes would all be found again.
    """
    with exclusive(f"poll:{store.pk}") as mine:
        if not mine or Change.objects.filter(store=store, state__in=OPEN).exists():
            return 0
        started = clock.now()
        runs = Run.objects.filter(store=store, finished__isnull=False).exclude(origin=Origin.SYNC)
        last = runs.order_by("-finished").values_list("finished", flat=True).first()
        since = max((moment for moment in (store.polled, last) if moment), default=None)
        keys = changed(Sides(store), since - OVERLAP) if since else set()
        if len(keys) > MOST:
            log.warning("%s: %s products changed at once; reconcile compares them", store.name, len(keys))
            keys = set()
        for key in keys:
            mark(store, Subject.PRODUCT, key, urgent=False)
        Store.objects.filter(pk=store.pk).update(polled=started)
        return len(keys)


def poll_due() -> None:
    """Poll every store whose turn it is; one that does not answer does not stop the others."""
    if not settings.BRIDGE_POLL_SECONDS:
        return
    due = Q(polled=None) | Q(polled__lte=clock.now() - timedelta(seconds=settings.BRIDGE_POLL_SECONDS))
    for store in Store.objects.filter(due, uninstalled=None):
        try:
            poll(store)
        except OpsError as error:
            log.warning("%s was not polled: %s", store.name, error.message)
