"""A sandbox store over HTTP that asks no database of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

TOKEN = "shpat_test"


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Any]:
    from shopify_bridge.sandbox.server import Sandbox
    from shopify_bridge.sandbox.store import Shop

    with Sandbox(tmp_path / "store", Shop(token=TOKEN), fetch_media=False, media_delay=0.1) as server:
        yield server


@pytest.fixture
def ask(sandbox: Any) -> Callable[..., Any]:
    """Send a document over HTTP; answers the whole JSON."""

    def send(query: str, **variables: Any) -> Any:
        answer = requests.post(
            f"{sandbox.url}/admin/api/2026-10/graphql.json",
            json={"query": query, "variables": variables},
            headers={"X-Shopify-Access-Token": TOKEN},
            timeout=10,
        )
        assert answer.status_code == 200
        return answer.json()

    return send
