"""Runs, approvals, deliveries, transfers and sales in any order and at once: nothing is ordered twice.

`RESTOCK_LIVES=1000` lives so many, each with ten steps, of one to three things at once.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

LIVES = int(os.environ.get("RESTOCK_LIVES", "25"))
FIRST = int(os.environ.get("RESTOCK_FIRST_LIFE", "0"))
STEPS_EACH = 10


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(7_200)
def test_no_interleaving_orders_more_than_is_missing(count: Callable[[str], None]) -> None:
    """After every step, whatever ran at once, no position is above its target and one step of the supplier.

    At the end a run changes nothing that the one before it wrote, and the ledgers agree.
    """
    from saleor_plugins.restock.usecases.audit import audit
    from saleor_plugins.restock.usecases.suggest import suggest

    from .restock_life import Life, make_town, take

    town, taken = make_town(), Counter[str]()
    for seed in range(FIRST, FIRST + LIVES):
        life = Life(town, Random(seed))
        life.begin()
        for number in range(STEPS_EACH):
            unforeseen = take(life)
            assert unforeseen == [], (seed, number, unforeseen)
            assert life.too_many() == [], (seed, number)
        suggest(variant_ids=life.ids())
        before = written(life)
        suggest(variant_ids=life.ids())
        assert written(life) == before, seed
        assert audit() == [], seed
        taken.update(life.taken)
        life.end()
    rare = [
        name
        for name in ("run", "approve", "receive", "ship", "arrive", "cancel", "by_hand")
        if not taken[name]
    ]
    assert LIVES < 20 or not rare
    count(f"{LIVES} lives of a shop that restocks: {dict(sorted(taken.items()))}")


def written(life: Any) -> list[tuple[Any, ...]]:
    """Everything that asks somebody for units, and what was told of it."""
    from saleor_plugins.delivery.models import Event
    from saleor_plugins.restock.models import PurchaseOrderLine, TransferLine

    orders = PurchaseOrderLine.objects.filter(variant_id__in=life.ids()).order_by("id")
    moves = TransferLine.objects.filter(variant_id__in=life.ids()).order_by("id")
    topics = ("purchase_order.proposed", "purchase_order.approved", "transfer.proposed")
    return [
        *orders.values_list("id", "order__state", "ordered", "received", "price"),
        *moves.values_list("id", "transfer__state", "quantity", "shipped", "received", "lost"),
        *Event.objects.filter(topic__in=topics).order_by("id").values_list("id"),
    ]
