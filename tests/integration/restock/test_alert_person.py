"""What is known of a person is told, and goes when they want it."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from saleor_plugins.delivery.models import Event
from saleor_plugins.platform.port import AskerKind
from saleor_plugins.restock.models import SentMail, StockAlert

from .alert_doors import EMAIL, graphql, look_on, subscribe, wait_for, work


@pytest.fixture
def shirt(room: Any) -> Any:
    return room.data.make_variant(stock={room.house: 0})


def told(client: Any, token: str, email: str) -> Any:
    query = f'{{ restockPersonExport(email: "{email}") }}'
    return json.loads(graphql(client, query, token)["restockPersonExport"])


def test_all_of_it_is_told(room: Any, client: Any, shirt: Any, at: Any) -> None:
    subscribe(client, shirt)
    work()
    wait_for(shirt, "bob@example.com")
    _, token = room.data.make_asker(AskerKind.STAFF, "MANAGE_USERS")
    found = told(client, token, EMAIL.upper())
    (alert,) = found["alerts"]
    assert (alert["email"], alert["variant_id"], alert["state"]) == (EMAIL, shirt.id, "PENDING")
    assert [mail["kind"] for mail in found["mails"]] == ["alert_confirm"]
    assert "bob" not in str(found)


def test_erasing_ends_and_empties_it(room: Any, client: Any, shirt: Any, at: Any) -> None:
    coat = room.data.make_variant(stock={room.house: 0})
    wait_for(shirt, EMAIL)
    wait_for(coat, EMAIL)
    wait_for(shirt, "bob@example.com")
    room.data.set_stock(shirt, room.house, 1)
    look_on(at)
    _, token = room.data.make_asker(AskerKind.STAFF, "MANAGE_USERS")
    query = (
        f'mutation {{ restockPersonErase(email: "{EMAIL}", dryRun: %s) {{ erased rows errors {{ code }} }} }}'
    )
    assert graphql(client, query % "true", token)["restockPersonErase"]["rows"] == 2
    assert StockAlert.objects.filter(email=EMAIL).count() == 2
    done = graphql(client, query % "false", token)["restockPersonErase"]
    assert done == {"erased": True, "rows": 2, "errors": []}
    assert graphql(client, query % "false", token)["restockPersonErase"]["rows"] == 0
    assert not StockAlert.objects.exclude(email="bob@example.com").exclude(email="", digest="").exists()
    assert StockAlert.objects.get(variant_id=coat.id).state == "UNSUBSCRIBED"
    assert SentMail.objects.exclude(digest="").count() == 1, "only Bob's"
    events = Event.objects.filter(topic__startswith="restock.alert_").values_list("data__alertId", flat=True)
    assert set(events) == {str(StockAlert.objects.get(email="bob@example.com").pk)}


def test_an_account_is_enough(room: Any, client: Any, shirt: Any) -> None:
    ada, token = room.data.make_asker(AskerKind.CUSTOMER)
    subscribe(client, shirt, "", token)
    out = StringIO()
    call_command("restock_person", user=ada.id, stdout=out, stderr=StringIO())
    assert json.loads(out.getvalue())["alerts"][0]["variant_id"] == shirt.id
    call_command("restock_person", user=ada.id, erase=True, yes=True, stdout=StringIO(), stderr=StringIO())
    assert StockAlert.objects.get().user_id == ""
    with pytest.raises(SystemExit) as nobody:
        call_command("restock_person", user=ada.id, stdout=StringIO(), stderr=StringIO())
    assert nobody.value.code == 1
    with pytest.raises(SystemExit) as refused:
        call_command("restock_person", stdout=StringIO(), stderr=StringIO())
    assert refused.value.code == 2
