"""What happened since: the store's stock follows the shop's."""

from __future__ import annotations

from collections import Counter

from devshop.story import store
from devshop.story.stage import Outcome, Stage, check

TITLE = "Shopify follows"


def play(stage: Stage) -> Outcome:
    """A return and a delivery changed the stock: only that is planned, and then nothing is."""
    stage.say("shopify-bridge plan")
    plan = Counter(action["verb"] for action in store.planned(stage))
    check(set(plan) == {"stock"}, f"planned: {dict(plan)}")
    stage.say("shopify-bridge apply")
    stage.bridge.must("apply", "demo", "--yes")
    store.check_stock(stage, store.products(stage))
    left = store.planned(stage)
    check(not left, f"the plan after apply is not empty: {left[:3]}")
    return Outcome(
        f"Only the stock of {plan['stock']} products was planned and written; the plan after it is empty",
        "the store's Admin API: inventory\nPostgres: warehouse_stock\nshopify-bridge plan",
    )
