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
        read = """mutation Read { bulkOperationRunQuery(query: "{ products { nodes { id } } }") {
            bulkOperation { id } } }"""
        server.store.execute({"query": read})
        server.store.bulk.wait()
        server.store.execute({"query": "query Q { shop { name } }", "operationName": HOSTILE})
        subscribe = """mutation Hear($w: WebhookSubscriptionInput!) { webhookSubscriptionCreate(
            topic: PRODUCTS_CREATE, webhookSubscription: $w) { userErrors { message } } }"""
        server.store.execute({"query": subscribe, "variables": {"w": {"uri": f"{server.url}/nobody"}}})
        server.store.execute({"query": query, "variables": {"input": {"title": "Second"}}})
        server.faults.set({"throttled": 0.25})
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


def test_the_page_tells_what_goes_on(chromium, store):
    page = chromium.new_page(viewport={"width": 1280, "height": 800})
    page.goto(store.url)

    def panel(name: str) -> str:
        return page.locator("section.panel", has=page.get_by_role("heading", name=name)).inner_text()

    assert "Main warehouse" in panel("Stock") and "Active" in panel("Stock")
    assert "Completed" in panel("Bulk operations")
    assert "1 subscription" in panel("Webhooks") and "products/create" in panel("Webhooks")
    assert "Hear" in panel("Last requests") and HOSTILE in panel("Last requests")
    assert "throttled 0.25" in page.get_by_role("status").inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name="kB").click()
    assert "gid://shopify/Product/" in Path(download.value.path()).read_text()
    page.close()
