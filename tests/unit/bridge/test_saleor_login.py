"""Making the bridge's app with a staff member's log-in."""

from __future__ import annotations

import json
from typing import Any

import pytest
import responses

from shopify_bridge.saleor.dialect import log_in
from shopify_bridge.saleor.errors import SaleorDenied, SaleorError

URL = "https://saleor.example/graphql/"


class Staff:
    """A Saleor 3.x whose staff member may give away `may`."""

    def __init__(self, may: set[str], token: str | None = "jwt"):
        self.may, self.token = may, token
        self.made: list[list[str]] = []

    def answer(self, request: Any) -> tuple[int, dict[str, str], str]:
        body = json.loads(request.body)
        return 200, {}, json.dumps({"data": self._data(body)})

    def _data(self, body: Any) -> Any:
        if "BridgeLogin" in body["query"]:
            return {"tokenCreate": {"token": self.token}}
        if "BridgeWhich" in body["query"]:
            return {"__schema": {"queryType": {"fields": [{"name": "channels"}]}}}
        asked = body["variables"]["permissions"]
        if set(asked) - self.may:
            refused = [{"field": "permissions", "message": "no", "code": "OUT_OF_SCOPE_PERMISSION"}]
            return {"appCreate": {"authToken": None, "app": None, "appErrors": refused}}
        self.made.append(asked)
        return {"appCreate": {"authToken": "app", "app": {"id": "1"}, "appErrors": []}}


NEEDED = {"MANAGE_ORDERS", "MANAGE_PRODUCTS", "MANAGE_SHIPPING"}


@responses.activate
def test_the_app_gets_what_the_staff_member_can_give() -> None:
    for may in (NEEDED | {"MANAGE_TRANSLATIONS"}, NEEDED):
        staff = Staff(may)
        responses.reset()
        responses.add_callback("POST", URL, staff.answer)
        assert log_in(URL, "a@example.com", "x") == "app"
        assert [set(given) for given in staff.made] == [may]


@responses.activate
def test_without_what_is_needed_there_is_no_app() -> None:
    responses.add_callback("POST", URL, Staff({"MANAGE_ORDERS"}).answer)
    with pytest.raises(SaleorError, match="made no app"):
        log_in(URL, "a@example.com", "x")


@responses.activate
def test_a_wrong_password_is_told_without_it() -> None:
    responses.add_callback("POST", URL, Staff(NEEDED, token=None).answer)
    with pytest.raises(SaleorDenied) as caught:
        log_in(URL, "a@example.com", "canary")
    assert "canary" not in str(caught.value) and caught.value.field == "saleorEmail"
