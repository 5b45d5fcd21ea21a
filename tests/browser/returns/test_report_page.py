"""The page of all reports in a real Chromium: by day and night, at a desk and on a phone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from saleor_plugins.kernel import clock
from saleor_plugins.returns.domain.reports.scope import Scope
from saleor_plugins.returns.views.reports import report_url

from .scene import Scene
from .test_portal import Shopper


@pytest.mark.parametrize(("size", "look"), [("phone", "light"), ("phone", "dark"), ("desktop", "light")])
def test_reports(chromium: Any, scene: Scene, size: str, look: str) -> None:
    scene.states()
    now = clock.now()
    url = report_url(Scope(now - timedelta(days=30), now + timedelta(days=1)))
    staff = Shopper(chromium, f"report-{look}", size, color_scheme=look)
    page = staff.page
    page.goto(scene.address + urlsplit(url).path)
    text = staff.see("closed")
    assert "What the returns cost" in text
    assert page.locator("svg[role=img]").count() >= 5
    for table in page.locator("summary").all():
        if table.is_visible() and not table.locator("..").get_attribute("open"):
            table.click()
    assert "Merino Hiking Socks" in staff.see("open")
    # A chart that is wider than the phone is reached by keyboard alone.
    page.locator(".chart").first.focus()
    assert page.evaluate("document.activeElement.className") == "chart"
    with page.expect_download() as file:
        page.get_by_role("link", name="What the returns cost as CSV").click()
    assert file.value.suggested_filename == "returns-costs.csv"
    page.get_by_role("link", name="What the returns cost as SVG").click()
    assert page.locator("svg rect.total").count() > 0
    staff.close()


def test_the_page_needs_no_script(chromium: Any, scene: Scene) -> None:
    now = clock.now()
    staff = Shopper(chromium, "report-plain", "phone", script=False)
    staff.page.goto(scene.address + urlsplit(report_url(Scope(now - timedelta(days=1), now))).path)
    assert "Nothing in this time." in staff.see("empty")
    staff.close()
