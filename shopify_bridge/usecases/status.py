"""How a connection is doing."""

from __future__ import annotations

from typing import Any

from django.db.models import Count

from ..models import OPEN, Change, Kind, Run, State, Store


def report(store: Store) -> dict[str, Any]:
    """What is mirrored, open and parked; no secrets."""
    kinds = dict(
        store.mappings.filter(gid__isnull=False).values_list("kind").annotate(Count("id")).order_by()
    )
    last = Run.objects.filter(store=store, finished__isnull=False).order_by("-finished").first()
    changes = Change.objects.filter(store=store)
    return {
        "name": store.name,
        "saleor": store.saleor_url,
        "channel": store.channel,
        "shop": store.shop,
        "currency": store.currency,
        "orders since": store.orders_since,
        "locations": kinds.get(Kind.PLACE, 0),
        "products": kinds.get(Kind.PRODUCT, 0),
        "variants": kinds.get(Kind.VARIANT, 0),
        "orders": kinds.get(Kind.ORDER, 0),
        "shipments": kinds.get(Kind.SHIPMENT, 0),
        "open": changes.filter(state__in=OPEN).count(),
        "done": changes.filter(state=State.DONE).count(),
        "last finished": last.finished if last else None,
        "parked": list(
            changes.filter(state=State.PARKED).order_by("created").values("verb", "label", "reason")
        ),
    }
