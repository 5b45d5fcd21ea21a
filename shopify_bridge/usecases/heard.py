"""Orders of Saleor 2.10 that a webhook told of: which variants they claim has to be asked for."""

from __future__ import annotations

from django.db import transaction

from ..models import Store, Subject
from .dirty import mark
from .sides import Sides


def order_heard(store_id: str, key: str) -> None:
    """The stock of what the order claims may have changed."""
    store = Store.objects.filter(pk=store_id).first()
    order = Sides(store).source.order(key) if store else None
    if store is None or order is None:
        return
    with transaction.atomic():
        for variant in sorted({line.variant_key for line in order.lines if line.variant_key}):
            mark(store, Subject.STOCK, variant)
