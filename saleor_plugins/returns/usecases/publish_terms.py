"""Write onto each product, as public metadata, what the rules say of it: page by page, once, and again when
the rules or the product change.

A run goes by the rules of one moment, which its fingerprint names. Each page is one transaction together with
the run's position and the event of the next page, so a killed worker repeats a page that left no trace.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from saleor_plugins.delivery import emit
from saleor_plugins.kernel import clock
from saleor_plugins.platform import settings as platform_settings
from saleor_plugins.platform import shop

from .. import config
from ..models import TermsRun
from ..settings import catalogue
from ..store import rulebooks, terms_runs
from .product_terms import Judge, metadata_of

PAGE_DUE = "returns.terms_page_due"
PAGE = 200
OFF = "off"
# Raise it when what is published changes its form: every product is then written anew.
FORM = 1
# What the shop's own screens and imports moved without a date is found within a day.
WHOLE_EVERY = timedelta(days=1)
# A product that was saved while a run began is looked at again.
OVERLAP = timedelta(minutes=1)
STUCK = timedelta(minutes=5)


def look_after_terms(*, changes: bool = True) -> TermsRun | None:
    """Begin a run when the rules changed, or `changes` of products are to be found; wake the open one.

    None when all is published. A shop that never published anything is left alone while the plugin or the
    setting is off.
    """
    with transaction.atomic():
        rulebooks.lock()
        wanted, last = fingerprint(), terms_runs.latest()
        if last and last.open and last.fingerprint == wanted:
            _wake(last)
            return last
        if wanted == OFF and (last is None or _published(last, OFF)):
            return None
        if last is None or not _published(last, wanted) or not _whole(wanted):
            return _start(wanted, None)
        since = last.started - OVERLAP
        if changes and wanted != OFF and shop().products(changed_since=since, limit=1):
            return _start(wanted, since)
    return None


def publish_page(run_id: UUID, after: str) -> None:
    """The run's next page; does nothing when somebody else has done it or the run was overtaken."""
    with transaction.atomic():
        run = terms_runs.lock_at(run_id, after)
        if run is None:
            return
        if run.fingerprint != fingerprint():
            look_after_terms(changes=False)
            return
        products = shop().products(after=after or None, limit=PAGE, changed_since=run.since)
        judge = None if run.fingerprint == OFF else Judge.now()
        for product_id, values in metadata_of(products, judge).items():
            run.changed += shop().set_product_metadata(product_id, values)
        _go_on(run, len(products), products[-1].id if products else after)


def _go_on(run: TermsRun, done: int, after: str) -> None:
    run.done, run.after, run.moved = run.done + done, after, clock.now()
    run.total = max(run.total, run.done)
    if done < PAGE:
        run.open, run.finished = False, run.moved
    run.save()
    if run.open:
        _wake(run)


def fingerprint() -> str:
    """Names the rules that count now; OFF when nothing is to be shown."""
    values = platform_settings.setting_values(config.PLUGIN_ID, catalogue.SETTINGS)
    if not (config.is_active() and values["publish_terms"]):
        return OFF
    book = rulebooks.active()
    told = [FORM, str(book.pk) if book else "", config.policy().snapshot()]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _published(run: TermsRun, wanted: str) -> bool:
    return run.fingerprint == wanted and run.finished is not None


def _whole(wanted: str) -> bool:
    return wanted == OFF or terms_runs.whole_since(wanted, clock.now() - WHOLE_EVERY)


def _start(wanted: str, since: datetime | None) -> TermsRun:
    run = terms_runs.start(wanted, shop().count_products(changed_since=since), since)
    _wake(run)
    return run


def _wake(run: TermsRun) -> None:
    """Have the next page done: once, and once more whenever the run stood still for too long."""
    slot = int((clock.now() - run.moved) / STUCK)
    emit(PAGE_DUE, {"runId": str(run.pk), "after": run.after}, key=f"{run.pk}:{run.after}:{slot}")
