"""Bulk operations of the local store: what they refuse, what they answer, and every way they can go wrong."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
import requests

from shopify_bridge.sandbox import bulk, uploads
from shopify_bridge.sandbox.bulk import Speed
from shopify_bridge.sandbox.server import Sandbox
from shopify_bridge.sandbox.store import Shop

from .conftest import TOKEN

STAGE = """mutation($i: [StagedUploadInput!]!) { stagedUploadsCreate(input: $i) {
  stagedTargets { url resourceUrl parameters { name value } } userErrors { field message } } }"""
RUN = """mutation($m: String!, $p: String!, $c: String) {
  bulkOperationRunMutation(mutation: $m, stagedUploadPath: $p, clientIdentifier: $c) {
    bulkOperation { id status type } userErrors { field message code } } }"""
ASK = """mutation($text: String!, $grouped: Boolean!) {
  bulkOperationRunQuery(query: $text, groupObjects: $grouped) {
    bulkOperation { id status type } userErrors { field message code } } }"""
LOOK = """query($id: ID!) { bulkOperation(id: $id) {
  status type errorCode objectCount rootObjectCount fileSize url partialDataUrl createdAt completedAt query } }"""
SET = """mutation($p: ProductSetInput!) { productSet(input: $p, synchronous: true) {
  product { id title } userErrors { field code } } }"""
FILE = {
    "resource": "BULK_MUTATION_VARIABLES",
    "filename": "l.jsonl",
    "mimeType": "text/jsonl",
    "httpMethod": "POST",
}


def post(target: Any, content: bytes, **changed: str) -> requests.Response:
    fields = {p["name"]: p["value"] for p in target["parameters"]} | changed
    return requests.post(
        target["url"], data=fields, files={"file": ("l.jsonl", content, "text/jsonl")}, timeout=10
    )


@pytest.fixture
def stage(ask: Any) -> Any:
    """Upload lines; answers the stagedUploadPath."""

    def upload(*lines: Any) -> str:
        (target,) = ask(STAGE, i=[FILE])["data"]["stagedUploadsCreate"]["stagedTargets"]
        text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
        answer = post(target, text.encode())
        assert answer.status_code == 201
        return next(p["value"] for p in target["parameters"] if p["name"] == "key")

    return upload


@pytest.fixture
def settled(ask: Any, sandbox: Any) -> Any:
    """The operation once its thread has ended."""

    def wait(answer: Any) -> Any:
        (payload,) = answer["data"].values()
        assert payload["userErrors"] == []
        sandbox.store.bulk.wait()
        return ask(LOOK, id=payload["bulkOperation"]["id"])["data"]["bulkOperation"]

    return wait


def rows(url: str) -> list[Any]:
    answer = requests.get(url, timeout=10)
    assert answer.status_code == 200
    return [json.loads(line) for line in answer.text.splitlines()]


def codes(answer: Any) -> list[str]:
    (payload,) = answer["data"].values()
    return [error["code"] for error in payload["userErrors"]]


def product(title: str, sizes: str = "SM") -> dict[str, Any]:
    return {
        "title": title,
        "productOptions": [{"name": "Size", "values": [{"name": n} for n in sizes]}],
        "variants": [
            {"optionValues": [{"optionName": "Size", "name": n}], "sku": f"{title}-{n}"} for n in sizes
        ],
        "files": [{"originalSource": "https://x.example/a.png", "alt": title}],
    }


def titles(sandbox: Any) -> list[str]:
    return [doc["title"] for _, doc in sandbox.store.state.page("Product", 0, 1000)]


def test_a_file_of_lines_is_carried_out_and_each_line_answers(sandbox, ask, stage, settled) -> None:
    lines = [{"p": product("A")}, {"p": {}}, {"p": product("B")}, {"p": {"title": 7}}, {"x": 1}]
    done = settled(ask(RUN, m=SET, p=stage(*lines), c="0123456789"))
    assert (done["status"], done["type"], done["errorCode"]) == ("COMPLETED", "MUTATION", None)
    assert done["objectCount"] == done["rootObjectCount"] == "5" and done["query"] == SET
    assert done["partialDataUrl"] is None and done["completedAt"] >= done["createdAt"]
    answers = rows(done["url"])
    assert int(done["fileSize"]) == len(requests.get(done["url"], timeout=5).content)
    assert [row["__lineNumber"] for row in answers] == [0, 1, 2, 3, 4]
    assert [
        (row.get("data") or {}).get("productSet", {}).get("product", {}) for row in (answers[0], answers[2])
    ] == [{"id": doc["id"], "title": doc["title"]} for _, doc in sandbox.store.state.page("Product", 0, 9)]
    assert answers[1]["data"]["productSet"]["userErrors"][0]["code"] == "INVALID_PRODUCT"
    assert "errors" in answers[3] and "errors" in answers[4]
    assert titles(sandbox) == ["A", "B"]


def test_what_is_in_a_bulk_operation_costs_nothing(sandbox, ask, stage, settled) -> None:
    path = stage(*({"p": product(f"P{n}")} for n in range(50)))
    sandbox.store.bucket.rate = 0.0001
    before = sandbox.store.bucket.status()["currentlyAvailable"]
    settled(ask(RUN, m=SET, p=path))
    assert before - sandbox.store.bucket.status()["currentlyAvailable"] < 15
    assert len(titles(sandbox)) == 50


def test_nodes_name_their_parents_and_come_after_them(ask, settled, sandbox) -> None:
    for name in "ABC":
        ask(SET, p=product(name))
    text = """{ products { edges { node { id title ...Shown
        media { nodes { ... on MediaImage { id alt } } } } } } }
        fragment Shown on Product { status variants { nodes { id sku inventoryItem { id tracked } } } }"""
    loose = rows(settled(ask(ASK, text=text, grouped=False))["url"])
    done = settled(ask(ASK, text=text, grouped=True))
    grouped = rows(done["url"])
    assert sorted(map(json.dumps, loose)) == sorted(map(json.dumps, grouped)) and len(loose) == 12
    assert (done["objectCount"], done["rootObjectCount"], done["type"]) == ("12", "3", "QUERY")
    for found in (loose, grouped):
        seen: set[str] = set()
        for row in found:
            assert row.get("__parentId") is None or row["__parentId"] in seen
            seen.add(row["id"])
    tops = [row for row in loose if "__parentId" not in row]
    assert [row["title"] for row in tops] == ["A", "B", "C"] and tops[0].keys() == {"id", "title", "status"}
    assert [row.get("title") or row["__parentId"] for row in grouped] == [
        text for top in tops for text in [top["title"]] + [top["id"]] * 3
    ]
    variant = next(row for row in grouped if "sku" in row)
    assert variant["sku"] == "A-S" and variant["inventoryItem"]["tracked"] is False


def test_more_than_one_page_is_read_at_every_level(ask, settled, stage) -> None:
    sizes = [f"s{n}" for n in range(130)]
    settled(
        ask(RUN, m=SET, p=stage(*({"p": product(f"P{n}", sizes if n == 7 else "S")} for n in range(120))))
    )
    text = "{ products { edges { node { id variants { nodes { id sku } } } } } }"
    found = rows(settled(ask(ASK, text=text, grouped=False))["url"])
    assert len([row for row in found if "sku" not in row]) == 120
    assert len({row["sku"] for row in found if "sku" in row}) == 119 + 130


def test_no_rows_no_file(ask, settled) -> None:
    done = settled(ask(ASK, text="{ products { edges { node { id } } } }", grouped=False))
    assert (done["status"], done["url"], done["fileSize"], done["objectCount"]) == (
        "COMPLETED",
        None,
        None,
        "0",
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{ shop { name } }", "connection"),
        ("{ products { edges { node { id } } } shop { name } }", "one top level"),
        ("{ nodes(ids: []) { id } }", "node"),
        ("query($n: Int) { products(first: $n) { edges { node { id } } } }", "variables"),
        ("mutation { productSet(input: {}) { product { id } } }", "Invalid"),
        ("{ products { edges { node { nonsense } } } }", "nonsense"),
        ("{ products { edges { node { title variants { nodes { id } } } } } }", "'id' field"),
        ("{ products { edges { node { x: id variants { nodes { id } } } } } }", "'id' field"),
        ("{ products {", "Syntax"),
        (
            "{ products { nodes { id "
            + "".join(f"v{n}: variants{{nodes{{id}}}} " for n in range(5))
            + "} } }",
            "5",
        ),
        ("{ orders { nodes { id fulfillments { id fulfillmentLineItems { nodes { id } } } } } }", "list"),
    ],
)
def test_queries_that_cannot_run_in_bulk(ask, sandbox, text, why) -> None:
    answer = ask(ASK, text=text, grouped=False)
    assert codes(answer) == ["INVALID"]
    assert why in answer["data"]["bulkOperationRunQuery"]["userErrors"][0]["message"]
    assert sandbox.store.state.count("BulkOperation") == 0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{ shop { name } }", "INVALID_MUTATION"),
        (SET.replace("productSet", "a: productSet(input: $p) { product { id } } b: productSet"), "INVALID_MUTATION"),
        (SET.replace("title }", "variants(first: 1) { nodes { id } } media(first: 1) { nodes { id } } }"),
         "INVALID_MUTATION"),
        ("mutation { bulkOperationCancel(id: 1) { bulkOperation { id } } }", "INVALID_MUTATION"),
        ("mutation { nonsense }", "INVALID_MUTATION"),
    ],
)  # fmt: skip
def test_mutations_that_cannot_run_in_bulk(ask, stage, text, code) -> None:
    assert codes(ask(RUN, m=text, p=stage({"p": product("A")}))) == [code]


def test_files_that_cannot_be_read(ask, stage, monkeypatch) -> None:
    assert codes(ask(RUN, m=SET, p="tmp/nowhere")) == ["NO_SUCH_FILE"]
    assert codes(ask(RUN, m=SET, p="../../store.sqlite3")) == ["NO_SUCH_FILE"]
    assert codes(ask(RUN, m=SET, p=stage("no json"))) == ["INVALID_STAGED_UPLOAD_FILE"]
    path = stage({"p": product("A")})
    monkeypatch.setattr(bulk, "MAX_BYTES", 10)
    assert codes(ask(RUN, m=SET, p=path)) == ["INVALID_STAGED_UPLOAD_FILE"]
    assert codes(ask(RUN, m=SET, p=path, c="short")) == ["INVALID_MUTATION"]


def test_the_form_must_be_the_one_that_was_given(ask, sandbox, monkeypatch) -> None:
    (target,) = ask(STAGE, i=[FILE])["data"]["stagedUploadsCreate"]["stagedTargets"]
    assert post(target, b"{}", key="tmp/other").status_code == 403
    assert post(target, b"{}", policy="99999999999").status_code == 403
    assert requests.post(target["url"], data={"key": "x"}, timeout=5).status_code == 412
    monkeypatch.setattr(uploads, "MAX_BYTES", 10)
    assert post(target, b"x" * 11).status_code == 400
    monkeypatch.setattr(uploads, "GOOD_FOR", -1)
    (late,) = ask(STAGE, i=[FILE])["data"]["stagedUploadsCreate"]["stagedTargets"]
    assert post(late, b"{}").status_code == 400
    assert list(sandbox.store.uploads.folder.iterdir()) == []
    for wrong in ({"mimeType": "text/plain"}, {"httpMethod": "PUT"}, {"fileSize": "11"}):
        assert ask(STAGE, i=[FILE | wrong])["data"]["stagedUploadsCreate"]["userErrors"]


def test_bytes_arrive_as_they_were_sent(ask, sandbox) -> None:
    (target,) = ask(STAGE, i=[FILE])["data"]["stagedUploadsCreate"]["stagedTargets"]
    content = "ü\r\n--\r\n\r\n {} \n".encode() * 5000 + bytes(range(256))
    assert post(target, content).status_code == 201
    key = next(p["value"] for p in target["parameters"] if p["name"] == "key")
    assert sandbox.store.uploads.file(key).read_bytes() == content


@pytest.fixture
def slow(sandbox: Any) -> None:
    sandbox.store.bulk.speed = Speed(rate=20, delay=0.05)


def test_five_of_each_type_run_at_once_and_one_can_be_cancelled(ask, stage, slow, sandbox) -> None:
    path = stage(*({"p": product(f"P{n}")} for n in range(100)))
    begun = [
        ask(RUN, m=SET, p=path)["data"]["bulkOperationRunMutation"]["bulkOperation"]["id"] for _ in range(5)
    ]
    assert codes(ask(RUN, m=SET, p=path)) == ["LIMIT_REACHED"]
    assert codes(ask(ASK, text="{ products { nodes { id } } }", grouped=False)) == []
    cancel = "mutation($id: ID!) { bulkOperationCancel(id: $id) { bulkOperation { status } userErrors { message } } }"
    seen = set()
    for gid in begun:
        while ask(LOOK, id=gid)["data"]["bulkOperation"]["objectCount"] == "0":
            seen.add(ask(LOOK, id=gid)["data"]["bulkOperation"]["status"])
            time.sleep(0.02)
        assert ask(cancel, id=gid)["data"]["bulkOperationCancel"]["bulkOperation"]["status"] == "CANCELING"
    sandbox.store.bulk.wait()
    ended = [ask(LOOK, id=gid)["data"]["bulkOperation"] for gid in begun]
    assert {doc["status"] for doc in ended} == {"CANCELED"} and seen <= {"CREATED", "RUNNING"}
    assert all(doc["url"] is None and 0 < len(rows(doc["partialDataUrl"])) < 100 for doc in ended)
    assert ask(cancel, id=begun[0])["data"]["bulkOperationCancel"]["userErrors"]
    assert codes(ask(RUN, m=SET, p=path)) == []


def test_operations_are_listed_newest_first_and_filtered(ask, settled, stage) -> None:
    settled(ask(ASK, text="{ products { nodes { id } } }", grouped=False))
    settled(ask(RUN, m=SET, p=stage({"p": product("A")})))
    query = "query($q: String, $r: Boolean) { bulkOperations(first: 5, query: $q, reverse: $r) { nodes { type } } }"

    def found(**given: Any) -> list[str]:
        return [node["type"] for node in ask(query, **given)["data"]["bulkOperations"]["nodes"]]

    assert found() == ["MUTATION", "QUERY"] and found(r=True) == ["QUERY", "MUTATION"]
    assert found(q="operation_type:mutation status:completed") == ["MUTATION"]
    assert found(q="status:running") == [] and found(q="created_at:>2020-01-01") == ["MUTATION", "QUERY"]


def test_a_store_that_stopped_half_way_says_so(tmp_path) -> None:
    folder = tmp_path / "kept"
    with Sandbox(folder, Shop(token=TOKEN), fetch_media=False, speed=Speed(delay=60)) as server:
        body = {"query": ASK, "variables": {"text": "{ products { nodes { id } } }", "grouped": False}}
        made = server.store.execute(body)["data"]["bulkOperationRunQuery"]["bulkOperation"]
    with Sandbox(folder, Shop(token=TOKEN), fetch_media=False) as server:
        doc = server.store.state.get(made["id"])
        assert (doc["status"], doc["errorCode"]) == ("FAILED", "INTERNAL_SERVER_ERROR")
