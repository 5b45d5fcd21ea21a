"""The merchant's own words for mails to shoppers who wait."""

from __future__ import annotations

import json
from typing import Any

import pytest

from saleor_plugins.platform.port import AskerKind
from saleor_plugins.restock.models import MailTemplate

from .alert_doors import graphql, look_on, wait_for


@pytest.fixture
def token(room: Any) -> str:
    return str(room.data.make_asker(AskerKind.STAFF, "MANAGE_PLUGINS")[1])


def put(client: Any, token: str, subject: str, text: str) -> Any:
    query = (
        'mutation { restockMailTemplateSet(kind: BACK_IN_STOCK, language: "en", '
        f"subject: {json.dumps(subject)}, text: {json.dumps(text)}) "
        "{ template { subject changed } errors { field code } } }"
    )
    return graphql(client, query, token)["restockMailTemplateSet"]


def test_own_words_are_sent_until_they_are_put_back(room: Any, client: Any, token: str, at: Any) -> None:
    text = "It is here: {{ product }}\n\nShop: {{ page }}"
    assert put(client, token, "Hooray, {{ product }}", text)["template"]["changed"]
    shirt = room.data.make_variant(stock={room.house: 0})
    wait_for(shirt, "ada@example.com")
    room.data.set_stock(shirt, room.house, 1)
    look_on(at)
    ((_, subject, text, html, _),) = room.data.mails()
    assert subject.startswith("Hooray, ")
    assert "No more such mails: http" in text, "what ends mails is not the template's to forget"
    assert "/alerts/stop/" in html
    reset = (
        'mutation { restockMailTemplateReset(kind: BACK_IN_STOCK, language: "en") { template { changed } } }'
    )
    assert graphql(client, reset, token)["restockMailTemplateReset"]["template"]["changed"] is None
    assert not MailTemplate.objects.exists()


@pytest.mark.parametrize(
    ("text", "code"),
    [("{{ product }} {{ secret }}", "UNKNOWN_VARIABLE"), ("nothing", "REQUIRED"), ("{% if %}", "SYNTAX")],
)
def test_a_mistake_is_told_and_stores_nothing(
    room: Any, client: Any, token: str, text: str, code: str
) -> None:
    found = put(client, token, "Back", text)
    assert found == {"template": None, "errors": [{"field": "text", "code": code}]}
    assert not MailTemplate.objects.exists()


def test_all_words_and_a_preview(room: Any, client: Any, token: str) -> None:
    rows = graphql(client, "{ restockMailTemplates { kind language variables changed } }", token)
    assert len(rows["restockMailTemplates"]) == 6
    assert all("product" in row["variables"] for row in rows["restockMailTemplates"])
    query = '{ restockMailPreview(kind: ALERT_CONFIRM, language: "pl") { subject html errors { code } } }'
    found = graphql(client, query, token)["restockMailPreview"]
    assert found["errors"] == []
    assert "Linen shirt (M)" in found["html"]
    wrong = query.replace('"pl"', '"fr"')
    assert graphql(client, wrong, token)["restockMailPreview"]["errors"] == [{"code": "INVALID"}]
