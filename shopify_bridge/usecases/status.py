"""How a connection is doing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, Q

from saleor_plugins.kernel import clock

from ..models import OPEN, Bucket, Change, Kind, Run, State, Store
from .dirty import waiting

_RUNS = 5


def report(store: Store) -> dict[str, Any]:
    """What is mirrored, open, late and parked; no secrets."""
    kinds = dict(
        store.mappings.filter(gid__isnull=False).values_list("kind").annotate(Count("id")).order_by()
    )
    changes = Change.objects.filter(store=store)
    last = Run.objects.filter(store=store, finished__isnull=False).order_by("-finished").first()
    return {
        "name": store.name,
        "saleor": store.saleor_url,
        "channel": store.channel,
        "shop": store.shop,
        "currency": store.currency,
        "app": f"taken from the store on {store.uninstalled:%Y-%m-%d}" if store.uninstalled else "installed",
        "orders since": store.orders_since,
        "locations": kinds.get(Kind.PLACE, 0),
        "collections": kinds.get(Kind.COLLECTION, 0),
        "products": kinds.get(Kind.PRODUCT, 0),
        "variants": kinds.get(Kind.VARIANT, 0),
        "orders": kinds.get(Kind.ORDER, 0),
        "shipments": kinds.get(Kind.SHIPMENT, 0),
        **_lag(store),
        "budget": _budget(store),
        "bulk operations": f"refused on {store.bulk_refused:%Y-%m-%d}"
        if store.bulk_refused
        else "not refused",
        "open": changes.filter(state__in=OPEN).count(),
        "done": changes.filter(state=State.DONE).count(),
        "last finished": last.finished if last else None,
        "runs": _runs(store),
        "parked": list(
            changes.filter(state=State.PARKED).order_by("created").values("id", "verb", "label", "reason")
        ),
    }


def _lag(store: Store) -> dict[str, Any]:
    """How far the mirror is behind what was heard."""
    rows = waiting(store)
    oldest = rows.first()
    behind = clock.now() - oldest.heard if oldest else timedelta()
    return {
        "waiting": rows.count(),
        "behind, seconds": max(0, round(behind.total_seconds())),
        "waits because": oldest.reason if oldest else "",
        "both asked": store.polled,
    }


def _budget(store: Store) -> str:
    bucket = Bucket.objects.filter(shop=store.shop).first()
    if bucket is None:
        return "not known yet"
    level = min(bucket.size, bucket.level + bucket.rate * (clock.now() - bucket.at).total_seconds())
    return f"{max(0, level):.0f} of {bucket.size:.0f} points, {bucket.rate:.0f} more a second"


def _runs(store: Store) -> list[dict[str, Any]]:
    done, parked = (
        Count("changes", Q(changes__state=State.DONE)),
        Count("changes", Q(changes__state=State.PARKED)),
    )
    runs = Run.objects.filter(store=store).annotate(done=done, parked=parked, all=Count("changes"))
    return [
        {
            "began": f"{run.created:%Y-%m-%d %H:%M:%S}",
            "why": run.origin,
            "took": f"{(run.finished - run.created).total_seconds():.1f} s" if run.finished else "unfinished",
            "done": run.done,
            "parked": run.parked,
            "open": run.all - run.done - run.parked,
        }
        for run in runs.order_by("-created")[:_RUNS]
    ]
