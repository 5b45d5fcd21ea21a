"""The local store's page as a person sees it: on a wide screen, on a phone, and without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HOSTILE = "<script>document.title = 'owned'</script><b>Bold</b> & co"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Any]:
    """A sandbox with one product whose title tries to be code."""
    from shopify_bridge.sandbox.server import Sandbox
    from shopify_bridge.sandbox.store import Shop

    with Sandbox(tmp_path, Shop(token="shpat_test"), fetch_media=False) as server:
        query = """mutation($input: ProductSetInput!) {
            productSet(input: $input, synchronous: true) { userErrors { message } } }"""
        product = {
            "title": HOSTILE,
            "productOptions": [{"name": "Size", "values": [{"name": "M"}]}],
            "variants": [
                {"optionValues": [{"optionName": "Size", "name": "M"}], "price": "9.50", "sku": "SKU-1"}
            ],
        }
        made = server.store.execute({"query": query, "variables": {"input": product}})
        assert made["data"]["productSet"]["userErrors"] == []
        yield server


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
@pytest.mark.parametrize("width", [1280, 320])
def test_the_page_shows_the_store_and_runs_nothing_of_it(chromium, store, width, script):
    context = chromium.new_context(viewport={"width": width, "height": 800}, java_script_enabled=script)
    page = context.new_page()
    page.goto(store.url)
    assert page.title() != "owned"
    assert HOSTILE in page.inner_text("body") and "SKU-1" in page.inner_text("body")
    assert page.locator("script").count() == 0
    if script:
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert page.evaluate("document.documentElement.lang") != ""
    context.close()
