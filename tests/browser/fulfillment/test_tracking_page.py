"""The tracking page and the slip as people see them: wide, on a phone, in the dark, without JavaScript.

The pages are answered by the real views and handed to Chromium with their headers, so that its
Content-Security-Policy is at work.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

HOSTILE = "<script>document.title = 'owned'</script><img src=x onerror=\"document.title='owned'\">"
SIZES = {"desktop": (1280, 900), "phone": (320, 640)}
# For looking at the pages: where to keep pictures of them.
KEEP = os.environ.get("KEEP_SCREENSHOTS", "")


@pytest.fixture
def pages(db: None, client: Any) -> Iterator[dict[str, Any]]:
    """Answers by name: two parcels under way and units that wait; an expired link; slip and pick list."""
    from saleor_plugins.fulfillment.models import Shipment
    from saleor_plugins.fulfillment.usecases.carrier_set import set_carrier
    from saleor_plugins.fulfillment.usecases.change_shipment import add_event, set_tracking
    from saleor_plugins.fulfillment.usecases.follow_parcels import follow_parcels
    from saleor_plugins.fulfillment.views.links import document_token, tracking_token
    from saleor_plugins.kernel import clock
    from saleor_plugins.platform.port import ShipItem
    from tests.shopdata import world

    w = world()
    w.configure_plugin("saleor_plugins.fulfillment")
    here = w.make_warehouse("Here")
    names = ["Alpine Rain Jacket, men (dark green / XL)", "Merino Socks", HOSTILE]
    variants = [w.make_variant(stock={here: 9}) for _ in names]
    order = w.make_order([(variant, 3) for variant in variants], allocate=False)
    lines = w.model("order.OrderLine").objects
    for line, name in zip(order.lines, names, strict=True):
        lines.filter(pk=pk_of(line.id)).update(product_name=name, variant_name="")
    post, _ = set_carrier(name="Post & Sons", tracking_url="https://track.example.com/?n={number}")
    for line in order.lines[:2]:
        w.shop.fulfill(order.id, [ShipItem(line.id, here.id, 2)])
        follow_parcels(order.id)
    ago = clock.now() - timedelta(hours=30)
    states = (("IN_TRANSIT", "OUT_FOR_DELIVERY"), ("IN_TRANSIT", "EXCEPTION"))
    for row, told in zip(Shipment.objects.order_by("pk"), states, strict=True):
        set_tracking(row.pk, f"00340434{row.pk.int % 10**12:012d}", carrier=post)
        for hours, state in enumerate(told):
            add_event(row.pk, state, at=ago + timedelta(hours=5 * hours))
    base = "/plugins/saleor_plugins.fulfillment/"
    slip = document_token({"slip": "Shipment", "key": str(row.pk)})
    yield {
        "track": client.get(f"{base}track/{tracking_token(order.id)}/"),
        "german": client.get(f"{base}track/{tracking_token(order.id)}/", HTTP_ACCEPT_LANGUAGE="de"),
        "gone": client.get(f"{base}track/nothing/"),
        "slip": client.get(f"{base}documents/open/{slip}/"),
    }


def pk_of(global_id: str) -> str:
    from saleor_plugins.kernel.ids import from_global

    return from_global(global_id, "OrderLine")


def shown(chromium: Any, answer: Any, **options: Any) -> Any:
    """A page with the answer of a view; everything else it might ask for fails the test."""
    page = chromium.new_context(**options).new_page()
    asked: list[str] = []

    def serve(route: Any) -> None:
        if route.request.url.endswith("/page/"):
            headers = dict(answer.items())
            route.fulfill(status=answer.status_code, headers=headers, body=answer.content)
        else:
            asked.append(route.request.url)
            route.abort()

    page.route("**/*", serve)
    page.goto("http://shop.example/page/")
    page.asked = asked
    return page


@pytest.mark.parametrize("name", ["track", "german", "gone", "slip"])
@pytest.mark.parametrize("size", list(SIZES))
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_readable_everywhere(chromium, pages, name: str, size: str, scheme: str) -> None:
    width, height = SIZES[size]
    page = shown(
        chromium, pages[name], viewport={"width": width, "height": height}, color_scheme=scheme, locale="en"
    )
    if KEEP:
        page.screenshot(path=f"{KEEP}/{name}-{size}-{scheme}.png", full_page=True)
    assert page.title() != "owned"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.evaluate("document.documentElement.lang") == ("de" if name == "german" else "en")
    # The stylesheet is at work, so its hash is what the policy allows.
    assert page.evaluate("getComputedStyle(document.querySelector('main')).maxWidth") != "none"
    assert page.locator("script").count() == 0 and page.locator("img").count() == 0
    assert [url for url in page.asked if not url.endswith("favicon.ico")] == []
    for found in page.evaluate(CONTRAST):
        assert found["ratio"] >= 4.5, found
    page.context.close()


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_it_tells_the_way_of_the_parcels(chromium, pages, script: bool) -> None:
    page = shown(chromium, pages["track"], viewport={"width": 400, "height": 800}, java_script_enabled=script)
    text = page.inner_text("body")
    assert "Parcel 1 of 2" in text and "Out for delivery" in text and "Delayed" in text
    assert "Not sent yet" in text and HOSTILE in text
    assert page.locator("details .way").first.is_visible() is False
    page.locator("summary").first.click()
    assert page.locator("details .way").first.is_visible()
    assert "Packed" in page.locator("details .way").first.inner_text()
    assert page.locator("[aria-current=step]").count() == 2
    assert (
        page.get_by_role("link").first.get_attribute("href").startswith("https://track.example.com/?n=0034")
    )
    page.context.close()


def test_it_is_walked_with_the_keyboard(chromium, pages) -> None:
    page = shown(chromium, pages["track"], viewport={"width": 1000, "height": 800})
    reached = []
    for _ in range(4):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.tagName"))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    assert reached == ["A", "SUMMARY", "A", "SUMMARY"]
    page.context.close()


def test_headings_and_landmarks(chromium, pages) -> None:
    page = shown(chromium, pages["track"], viewport={"width": 1000, "height": 800})
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map(h => +h.tagName[1])")
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert page.locator("main").count() == 1 and page.locator("section[aria-labelledby]").count() == 3
    page.context.close()


# WCAG 2.2's contrast of every piece of text against the nearest painted ground.
CONTRAST = """() => {
  const parse = c => { const m = c.match(/[\\d.]+/g).map(Number); return m.length > 3 ? m : [...m, 1]; };
  const part = v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; };
  const light = ([r, g, b]) => .2126 * part(r) + .7152 * part(g) + .0722 * part(b);
  const ground = el => { for (; el; el = el.parentElement) {
    const c = parse(getComputedStyle(el).backgroundColor); if (c[3] > 0) return c; }
    return matchMedia('(prefers-color-scheme: dark)').matches ? [16, 19, 23, 1] : [255, 255, 255, 1]; };
  const seen = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; node = walk.nextNode();) {
    if (!node.textContent.trim()) continue;
    const el = node.parentElement, a = light(parse(getComputedStyle(el).color)), b = light(ground(el));
    seen.push({ text: node.textContent.trim().slice(0, 30),
                ratio: (Math.max(a, b) + .05) / (Math.min(a, b) + .05) });
  }
  return seen;
}"""
