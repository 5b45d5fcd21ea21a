"""The command line: what scripts see."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .fake_saleor import TOKEN

pytestmark = pytest.mark.parametrize("saleor", ["v2"], indirect=True)


@pytest.fixture
def run(saleor, sandbox, transactional_db, monkeypatch, capsys) -> Any:
    from shopify_bridge.cli import main
    from shopify_bridge.usecases import sides

    sides._clients.clear()
    monkeypatch.setenv("SALEOR_TOKEN", TOKEN)
    monkeypatch.setenv("SHOPIFY_TOKEN", "shpat_test")

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def connect(run: Any, saleor: Any, sandbox: Any, *more: str) -> tuple[int, str, str]:
    return run("connect", "demo", "--saleor-url", saleor.url, "--shop", sandbox.url, "--map-locations", *more)


def test_a_whole_mirror(run, saleor, sandbox) -> None:
    saleor.product(1, "Mug")
    code, out, _ = connect(run, saleor, sandbox, "--json", "--orders-since", "none")
    assert (code, json.loads(out)["locations"]) == (0, [["East", "Main warehouse"], ["Europe", "Europe"]])
    assert run("plan", "--exit-code")[0] == 2
    code, out, _ = run("plan", "--json")
    (action,) = json.loads(out)["actions"]
    assert (code, action["verb"], action["label"]) == (0, "create", "Mug")
    assert run("apply", "--dry-run")[0] == 0 and sandbox.store.state.count("Product") == 0
    code, out, _ = run("apply", "demo", "--yes", "--inline", "--json")
    assert (code, json.loads(out)["changes"]["DONE"]) == (0, 1)
    assert run("plan", "--exit-code")[:1] == (0,)
    (report,) = json.loads(run("status", "--json")[1])
    assert (report["products"], report["open"], report["parked"]) == (1, 0, [])
    assert TOKEN not in json.dumps(report) and "shpat_test" not in json.dumps(report)


def test_parked_work_is_told_and_replayed(run, saleor, sandbox, admin) -> None:
    mug = saleor.product(1, "Mug")
    connect(run, saleor, sandbox, "--orders-since", "none")
    admin(
        """mutation { metafieldDefinitionCreate(definition: {name: "x", namespace: "saleor", key: "saleor_id",
        type: "id", ownerType: PRODUCTVARIANT}) { userErrors { code } } }"""
    )
    taken = admin(
        """mutation($v: String!) { productSet(input: {title: "Other",
        productOptions: [{name: "Title", values: [{name: "Default Title"}]}],
        variants: [{optionValues: [{optionName: "Title", name: "Default Title"}],
        metafields: [{namespace: "saleor", key: "saleor_id", value: $v}]}]}) { product { id } } }""",
        v=mug["variants"][0]["id"],
    )["productSet"]["product"]["id"]
    code, _, err = run("apply", "--yes", "--inline")
    assert code == 1 and "CAPABILITY_VIOLATION" in err
    admin("mutation($i: ID!) { productDelete(input: {id: $i}) { deletedProductId } }", i=taken)
    assert run("replay", "--inline")[0] == 0
    assert run("plan", "--exit-code")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("plan",), "store: There is no such connection"),
        (("connect", "x", "--saleor-url", "URL", "--shop", "https://evil.example.com"), "shop: "),
        (
            ("connect", "x", "--saleor-url", "URL", "--shop", "SHOP", "--orders-since", "soon"),
            "--orders-since: Must be",
        ),
        (
            ("connect", "x", "--saleor-url", "URL", "--shop", "SHOP", "--location", "East=Nowhere"),
            "location: ",
        ),
        (
            ("connect", "x", "--saleor-url", "URL", "--shop", "SHOP", "--location", "Mars=Europe"),
            "location: ",
        ),
        (("worker",), "CELERY_BROKER_URL: Set"),
    ],
)
def test_bad_input_names_its_field_and_changes_nothing(
    run, saleor, sandbox, monkeypatch, arguments, said
) -> None:
    from shopify_bridge.models import Store

    monkeypatch.delenv("CELERY_BROKER_URL", raising=False)
    given = [{"URL": saleor.url, "SHOP": sandbox.url}.get(item, item) for item in arguments]
    code, _, err = run(*given)
    assert code == 1 and said in err
    assert Store.objects.count() == 0


def test_other_currencies_and_wrong_tokens_are_not_connected(run, saleor, sandbox, monkeypatch) -> None:
    saleor.currency = "EUR"
    assert "sells in EUR" in connect(run, saleor, sandbox)[2]
    monkeypatch.setenv("SHOPIFY_TOKEN", "wrong")
    assert "HTTP 401" in connect(run, saleor, sandbox)[2]
    monkeypatch.setenv("SALEOR_TOKEN", "wrong")
    assert "Saleor refuses" in connect(run, saleor, sandbox)[2]


def test_tokens_are_encrypted_at_rest(run, saleor, sandbox) -> None:
    from django.db import connection

    connect(run, saleor, sandbox)
    with connection.cursor() as cursor:
        cursor.execute("SELECT saleor_token, shop_token FROM shopify_bridge_store")
        (row,) = cursor.fetchall()
    assert TOKEN not in row[0] and "shpat_test" not in row[1]
