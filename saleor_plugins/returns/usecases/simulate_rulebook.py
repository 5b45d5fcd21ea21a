"""What would rules have made of the requests of the past? Reads only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from saleor_plugins.kernel.errors import Invalid

from ..domain.reasons import Reason
from ..domain.rules.book import Book
from ..domain.rules.facts import Facts
from ..domain.simulation.judged import Twins
from ..domain.simulation.tally import Both, Change, Simulation, differences
from ..store import past
from .case import rules_now
from .past_facts import FactsOf

Progress = Callable[[int], None]


def simulate(
    book: Book,
    since: datetime,
    until: datetime,
    *,
    most: int = 50,
    limit: int | None = None,
    progress: Progress = lambda done: None,
) -> Simulation:
    """Judge every request of [since, until) by `book` and by the rules in use, the plugin's settings of today
    below both; list the first `most` that differ.

    Stops after `limit` requests. Windows count from the days that were known when it was asked; what products
    are, and which groups customers belong to, is read as it is now. `progress` is told how many are done.
    Raises Invalid (``until``).
    """
    if until <= since:
        raise Invalid("Must be after since.", field="until")
    rules = rules_now()
    twins = Twins(rules.policy, rules.book, book)
    found = Simulation(most)
    for facts, request in _requests(twins, since, until, limit):
        found.add(facts, twins.judge(facts), partial(_change, twins, facts, request))
        if found.requests % past.PAGE == 0:
            progress(found.requests)
    progress(found.requests)
    return found


def _requests(
    twins: Twins, since: datetime, until: datetime, limit: int | None
) -> Iterator[tuple[Facts, past.Past]]:
    """The requests with their facts. What was asked before `since` counts for limits on customers only."""
    books = (twins.before.book, twins.after.book)
    spans = books[0].spans | books[1].spans
    reader = FactsOf(books, spans)
    done = 0
    for page in past.pages(since - timedelta(days=max(spans, default=0)), until):
        reader.read(page)
        for request in page:
            wanted = request.created >= since and not _unannounced(request)
            if wanted:
                yield reader.facts(request), request
                done += 1
            reader.remember(request)
            if limit is not None and done >= limit:
                return


def _unannounced(request: past.Past) -> bool:
    return any(line.reason == Reason.UNANNOUNCED for line in request.lines)


def _change(twins: Twins, facts: Facts, request: past.Past, both: Both) -> Change:
    before, after = both
    return Change(
        request.number,
        request.order_id,
        before.outcome,
        after.outcome,
        differences(before, after),
        twins.why(facts),
    )
