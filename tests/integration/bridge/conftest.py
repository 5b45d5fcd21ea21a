"""A fake Saleor, a sandbox store over real HTTP, and a connection between them in a real Postgres."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from .fake_saleor import TOKEN, FakeSaleor

settings.SECRET_KEY = "only for tests"


@pytest.fixture(params=["v2", "v3"])
def saleor(request: pytest.FixtureRequest) -> Iterator[FakeSaleor]:
    with FakeSaleor(request.param) as server:
        yield server


@pytest.fixture
def sandbox_options() -> dict[str, Any]:
    return {}


@pytest.fixture
def sandbox(tmp_path: Path, sandbox_options: dict[str, Any]) -> Iterator[Any]:
    from shopify_bridge.sandbox.server import Sandbox
    from shopify_bridge.sandbox.store import Shop

    shop = Shop(token="shpat_test", plan="plus")
    with Sandbox(tmp_path / "store", shop, fetch_media=False, media_delay=0.1, **sandbox_options) as server:
        yield server


@pytest.fixture
def store(transactional_db: None, saleor: FakeSaleor, sandbox: Any) -> Any:
    from shopify_bridge.usecases import sides
    from shopify_bridge.usecases.connect import Connection, connect

    sides._clients.clear()
    given = Connection(
        "test",
        saleor.url,
        TOKEN,
        sandbox.url,
        "shpat_test",
        "default" if saleor.version == "v3" else "",
        date(2026, 1, 1),
        "hush",
    )
    return connect(given, {}, by_order=True)[0]


@pytest.fixture
def planned(store: Any) -> Callable[[], list[Any]]:
    """Make the plan."""
    from shopify_bridge.usecases.plan import make_plan
    from shopify_bridge.usecases.sides import Sides

    return lambda: list(make_plan(Sides(store)))


@pytest.fixture
def applied(store: Any, planned: Callable[[], list[Any]]) -> Callable[[], Any]:
    """Plan, record, and work until nothing is open; answers the run."""
    from saleor_plugins.delivery.relay import drain
    from shopify_bridge.usecases.apply import prepare, record
    from shopify_bridge.usecases.sides import Sides

    def apply() -> Any:
        prepare(Sides(store))
        run = record(store, planned())
        drain()
        return run

    return apply


@pytest.fixture
def admin(sandbox: Any) -> Callable[..., Any]:
    """Ask the store directly, past the bridge."""
    return lambda query, **variables: sandbox.store.execute({"query": query, "variables": variables})["data"]


@pytest.fixture
def choose(store: Any) -> Callable[..., None]:
    """Set the merchant's policy, by name."""

    def set_policy(**settings: Any) -> None:
        from shopify_bridge.domain.policy import from_json

        store.policy = from_json(store.policy | settings).as_json()
        store.save(update_fields=["policy"])

    return set_policy


@pytest.fixture
def weather(store: Any, planned: Callable[[], list[Any]], sandbox: Any) -> Callable[..., None]:
    """Apply under faults until nothing is open any more, as workers that never give up would; then calm."""
    import time

    from saleor_plugins.delivery.models import Delivery
    from saleor_plugins.delivery.relay import drain
    from saleor_plugins.kernel import clock
    from shopify_bridge.models import OPEN, Change
    from shopify_bridge.sandbox.faults import Faults
    from shopify_bridge.usecases.apply import prepare, record
    from shopify_bridge.usecases.sides import Sides

    def apply(**faults: float) -> None:
        Sides(store).client._sleep = lambda seconds: time.sleep(min(seconds, 0.01))
        prepare(Sides(store))
        actions = planned()
        sandbox.faults = Faults(seed=7, **faults)
        record(store, actions)
        for _ in range(40):
            drain(strict=False)
            if not Change.objects.filter(state__in=OPEN).exists():
                break
            Delivery.objects.filter(state="PENDING").update(due_at=clock.now())
        sandbox.faults = Faults()

    return apply
