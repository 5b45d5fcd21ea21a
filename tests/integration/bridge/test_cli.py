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


TITLE = """mutation($p: ProductSetInput!, $i: ProductSetIdentifiers!) {
  productSet(identifier: $i, input: $p) { userErrors { message } } }"""


def edit(admin: Any, title: str) -> None:
    gid = admin("{ products(first: 1) { nodes { id } } }")["products"]["nodes"][0]["id"]
    admin(TITLE, i={"id": gid}, p={"title": title})


def test_one_parked_change_is_replayed_by_the_beginning_of_its_id(run, saleor, sandbox) -> None:
    from shopify_bridge.models import Change, Run, Store

    connect(run, saleor, sandbox, "--orders-since", "none")
    store = Store.objects.get()
    work = Run.objects.create(store=store)
    for key in ("a", "b"):
        Change.objects.create(
            store=store,
            run=work,
            verb="archive",
            phase=1,
            key=key,
            label=key,
            state="PARKED",
            reason="because",
        )
    first = Change.objects.get(key="a")
    assert "0 parked changes" in run("replay", "demo", "zzz")[2]
    assert "2 changes would be" in run("replay", "--dry-run")[1]
    assert run("replay", str(first.pk))[0] == 0
    assert dict(Change.objects.values_list("key", "state")) == {"a": "PENDING", "b": "PARKED"}


def test_settings_are_checked_shown_and_stored_together(run, saleor, sandbox) -> None:
    from shopify_bridge.models import Store

    connect(run, saleor, sandbox)
    code, out, _ = run("configure", "stock=both", "owners.title=newest")
    assert code == 0 and "Stored" in out
    assert Store.objects.get().policy == {"stock": "both", "owners": {"title": "newest"}}
    code, _, err = run("configure", "demo", "stock=saleor", "gone=burn")
    assert code == 1 and "gone" in err and Store.objects.get().policy["stock"] == "both"
    assert run("configure", "demo", "stock=saleor", "--dry-run")[0] == 0
    assert Store.objects.get().policy["stock"] == "both"
    assert json.loads(run("configure", "--json")[1])["stock"] == "both"
    run("configure", "demo", "owners.title=")
    assert "title" not in Store.objects.get().policy.get("owners", {})
    assert "name=value" in run("configure", "demo", "stock")[2]


def test_the_first_plan_says_what_will_become_of_what_is_there(run, saleor, sandbox, admin) -> None:
    saleor.product(1, "Mug")
    saleor.product(2, "Cup")
    admin(
        """mutation { productSet(input: {title: "My mug", productOptions: [{name: "Title",
        values: [{name: "Default Title"}]}], variants: [{sku: "SKU-1",
        optionValues: [{optionName: "Title", name: "Default Title"}]}]}) { userErrors { code } } }"""
    )
    connect(run, saleor, sandbox, "--orders-since", "none")
    out = " ".join(run("plan")[1].split())
    assert "1 products are not in Shopify yet and will be created" in out
    assert "1 were found in Shopify by SKU and will be linked: Mug" in out
    assert "Nothing of yours is deleted" in out and "My mug → Mug" in out
    run("apply", "--yes", "--inline")
    edit(admin, "Again mine")
    assert "first mirror" not in run("plan")[1]


def test_a_few_of_each_kind_are_shown_and_all_are_counted(run, saleor, sandbox) -> None:
    for number in range(1, 31):
        saleor.product(number, f"Mug {number}")
    connect(run, saleor, sandbox, "--orders-since", "none")
    out = run("plan")[1]
    assert out.count("  create Mug") == 4 and "and 26 more; --all" in out and "New in Shopify: 30" in out
    assert run("plan", "--all")[1].count("  create Mug") == 30


def test_catching_up_from_the_command_line(run, saleor, sandbox, admin) -> None:
    from shopify_bridge.models import Store, Subject
    from shopify_bridge.usecases.dirty import mark

    mug = saleor.product(1, "Mug")
    connect(run, saleor, sandbox, "--orders-since", "none")
    run("apply", "--yes", "--inline")
    mug["title"] = "Cup"
    mark(Store.objects.get(), Subject.PRODUCT, mug["id"])
    (waiting,) = json.loads(run("sync", "--dry-run", "--json")[1])
    assert waiting["actions"][0]["fields"][0]["after"] == "Cup"
    assert admin("{ products(first: 1) { nodes { title } } }")["products"]["nodes"][0]["title"] == "Mug"
    code, out, _ = run("sync", "--json")
    assert (code, json.loads(out)) == (0, {"done": 1, "waiting": 0, "failed": []})
    assert admin("{ products(first: 1) { nodes { title } } }")["products"]["nodes"][0]["title"] == "Cup"
    saleor.failures = 1000
    mark(Store.objects.get(), Subject.PRODUCT, mug["id"])
    code, _, err = run("sync")
    assert code == 1 and "Saleor" in err


def test_drift_is_reported_then_mended(run, saleor, sandbox, admin) -> None:
    saleor.product(1, "Mug")
    connect(run, saleor, sandbox, "--orders-since", "none")
    run("apply", "--yes", "--inline")
    assert run("reconcile")[0] == 0
    edit(admin, "Mine")
    code, out, _ = run("reconcile", "--json")
    assert code == 2 and json.loads(out)["fields"] == [{"field": "title", "owner": "saleor", "things": 1}]
    assert run("reconcile", "--repair", "--dry-run", "--yes")[0] == 2
    assert run("reconcile", "--repair")[2].startswith("--yes")
    assert run("reconcile", "--repair", "--yes", "--inline", "--since", "1h")[0] == 0
    assert run("reconcile")[0] == 0
    assert "--since" in run("reconcile", "--since", "soon")[2]


def test_webhooks_are_asked_for_once(run, saleor, sandbox, monkeypatch) -> None:
    monkeypatch.setenv("SHOPIFY_WEBHOOK_SECRET", "hush")
    connect(run, saleor, sandbox)
    assert "--url" in run("webhooks")[2]
    code, out, _ = run("webhooks", "--url", "http://127.0.0.1:7777", "--dry-run", "--json")
    assert code == 0 and {row["was"] for row in json.loads(out)} == {"is missing"}
    assert "products_update" in {row["topic"] for row in json.loads(out)}


def test_connecting_again_keeps_what_is_not_given(run, saleor, sandbox, monkeypatch) -> None:
    from shopify_bridge.models import Store

    monkeypatch.setenv("SHOPIFY_WEBHOOK_SECRET", "hush")
    connect(run, saleor, sandbox, "--orders-since", "2026-01-01")
    run("configure", "demo", "stock=both")
    monkeypatch.delenv("SHOPIFY_WEBHOOK_SECRET")
    connect(run, saleor, sandbox)
    store = Store.objects.get()
    assert (store.webhook_secrets, str(store.orders_since), store.policy) == (
        "hush",
        "2026-01-01",
        {"stock": "both"},
    )
