"""Keeping up with one thing at a time: said once, twice, late, or while somebody works on it."""

from __future__ import annotations

from typing import Any

import pytest

from saleor_plugins.delivery.relay import drain

TITLES = "{ products(first: 5) { nodes { title status } } }"


@pytest.fixture
def marked(store: Any) -> Any:
    """Say that a product has changed, and let the workers deal with it."""
    from shopify_bridge.models import Subject
    from shopify_bridge.usecases.dirty import mark

    def say(doc: Any, times: int = 1, subject: str = Subject.PRODUCT) -> None:
        for _ in range(times):
            mark(store, subject, doc["id"])
        drain()

    return say


def titles(admin: Any) -> list[str]:
    return [node["title"] for node in admin(TITLES)["products"]["nodes"]]


def test_a_new_and_a_changed_product_arrive_without_a_plan(saleor, store, applied, marked, admin) -> None:
    from shopify_bridge.models import Change, Dirty, Origin, Run

    applied()
    mug = saleor.product(1, "Mug")
    marked(mug)
    assert titles(admin) == ["Mug"]
    mug["title"] = "Cup"
    marked(mug, times=3)
    assert titles(admin) == ["Cup"]
    (row,) = Dirty.objects.all()
    assert (row.told, row.seen) == (4, 4)
    runs = Run.objects.filter(origin=Origin.SYNC)
    assert runs.count() == 2 and not runs.filter(finished=None).exists()
    assert set(Change.objects.values_list("state", flat=True)) == {"DONE"}


def test_nothing_new_costs_no_write(saleor, store, applied, marked, sandbox) -> None:
    from shopify_bridge.models import Run

    mug = saleor.product(1, "Mug")
    applied()
    runs = Run.objects.count()
    marked(mug, times=5)
    assert Run.objects.count() == runs
