"""Bulk operations by themselves: files, addresses, results; each fault the store can make."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from shopify_bridge.shopify import bulk, files
from shopify_bridge.shopify.bulk import Operation
from shopify_bridge.shopify.client import Client
from shopify_bridge.shopify.errors import BulkFailed, BulkRefused, Unknown, Unreachable

from .conftest import TOKEN

QUERY = "{ products { edges { node { id title variants { edges { node { id sku } } } } } } }"


@pytest.fixture
def client(sandbox: Any) -> Client:
    return Client(sandbox.url, TOKEN)


@pytest.fixture
def products(sandbox: Any) -> list[str]:
    edit = (
        "mutation($i: ProductSetInput!) { productSet(input: $i) { product { id } userErrors { message } } }"
    )
    titles = [f"P{number}" for number in range(5)]
    return [
        sandbox.store.execute({"query": edit, "variables": {"i": {"title": title}}})["data"]["productSet"][
            "product"
        ]["id"]
        for title in titles
    ]


def lines(gids: list[str]) -> Iterator[dict[str, Any]]:
    return ({"identifier": {"id": gid}, "input": {"title": f"New {n}"}} for n, gid in enumerate(gids))


def finished(client: Client, sandbox: Any, gid: str) -> Operation:
    sandbox.store.bulk.wait()
    return bulk.look(client, gid)


def test_a_query_streams_parents_before_children(client, sandbox, products) -> None:
    rows = list(bulk.run_query(client, QUERY))
    parents = [row["id"] for row in rows if "__parentId" not in row]
    assert sorted(parents) == sorted(products)
    seen: set[str] = set()
    for row in rows:
        assert row.get("__parentId", row["id"]) in seen | {row["id"]}
        seen.add(row["id"])
    assert len(rows) == 10


def test_a_query_that_finds_nothing(client) -> None:
    assert list(bulk.run_query(client, QUERY)) == []


def test_whoever_waits_may_stop(client, sandbox, products) -> None:
    sandbox.store.bulk.speed.delay = 1.0
    looks: list[int] = []

    class Stop(Exception):
        pass

    def wait(operation: Operation, times: int) -> None:
        looks.append(times)
        if times == 3:
            raise Stop

    with pytest.raises(Stop):
        next(bulk.run_query(client, QUERY, wait=wait))
    assert looks == [1, 2, 3]


@pytest.mark.parametrize("ends", ["EXPIRED", "FAILED", "CANCELED"])
def test_a_query_without_a_good_end_fails(client, sandbox, products, ends) -> None:
    sandbox.faults.set({"bulk_ends": ends})
    with pytest.raises(BulkFailed, match=ends):
        list(bulk.run_query(client, QUERY))


def test_half_a_result_of_a_query_is_none(client, sandbox, products) -> None:
    sandbox.faults.set({"bulk_fails_after": 2})
    with pytest.raises(BulkFailed):
        list(bulk.run_query(client, QUERY))


def test_an_address_that_has_expired(client, sandbox, products) -> None:
    sandbox.faults.set({"bulk_url_seconds": 0})
    with pytest.raises(BulkFailed, match="no longer good"):
        list(bulk.run_query(client, QUERY))


@pytest.mark.parametrize("what", ["queries", "mutations"])
def test_an_app_that_may_not(client, sandbox, products, what) -> None:
    sandbox.faults.set({"bulk_disabled": what})
    with pytest.raises(BulkRefused):
        if what == "queries":
            next(bulk.run_query(client, QUERY))
        bulk.start_mutation(client, "BridgeSetProduct", lines(products), "identifier-1")


def test_a_sixth_operation_comes_later(client, sandbox, products) -> None:
    sandbox.faults.set({"bulk_busy": True})
    for start in (
        lambda: next(bulk.run_query(client, QUERY)),
        lambda: bulk.start_mutation(client, "BridgeSetProduct", lines(products), "identifier-1"),
    ):
        with pytest.raises(Unreachable) as caught:
            start()
        assert caught.value.after


def test_a_mutation_answers_line_by_line(client, sandbox, products) -> None:
    given = [*lines(products), {"identifier": {"id": products[0]}, "input": {"title": ""}}]
    gid = bulk.start_mutation(client, "BridgeSetProduct", given, "identifier-1")
    found = {
        line: (data, errors) for line, data, errors in bulk.results(client, finished(client, sandbox, gid))
    }
    assert [found[n][0]["productSet"]["product"]["title"] for n in range(5)] == [f"New {n}" for n in range(5)]
    assert found[5][1] and "blank" in found[5][1][0]["message"]


def test_lines_blank_lost_and_out_of_order(client, sandbox, products) -> None:
    sandbox.faults.seed = 4
    sandbox.faults.set({"bulk_blank": 0.5, "bulk_missing": 0.4, "bulk_shuffled": True})
    gid = bulk.start_mutation(client, "BridgeSetProduct", lines(products * 6), "identifier-1")
    found = list(bulk.results(client, finished(client, sandbox, gid)))
    numbers = [line for line, _, _ in found]
    assert 5 < len(found) < 30 and numbers != sorted(numbers)
    for line, data, _ in found:
        assert data and data["productSet"]["product"]["title"] == f"New {line}"


def test_what_a_failed_operation_got_done_is_told(client, sandbox, products) -> None:
    sandbox.faults.set({"bulk_fails_after": 2})
    sandbox.store.bulk.speed.rate = 20
    gid = bulk.start_mutation(client, "BridgeSetProduct", lines(products), "identifier-1")
    operation = finished(client, sandbox, gid)
    assert operation.status == "FAILED" and operation.partial_url and not operation.url
    assert 0 < len(list(bulk.results(client, operation))) < 5


@pytest.mark.parametrize("fault", ["lost", "error_after"])
def test_a_start_that_got_no_answer_is_found_by_its_identifier(client, sandbox, products, fault) -> None:
    before = datetime.now(UTC)
    assert bulk.find(client, "identifier-1", before) is None
    sandbox.faults.set({fault: 1, "only": "BridgeRunBulkMutation"})
    with pytest.raises(Unknown):
        bulk.start_mutation(client, "BridgeSetProduct", lines(products), "identifier-1")
    sandbox.faults.clear()
    bulk.start_mutation(client, "BridgeSetProduct", lines(products), "identifier-11")
    found = bulk.find(client, "identifier-1", before)
    assert found and "identifier1(" in found.text
    assert bulk.find(client, "identifier-2", before) is None
    assert bulk.find(client, "identifier-1", before + timedelta(hours=1)) is None


def test_an_operation_shopify_forgot_has_expired(client) -> None:
    assert bulk.look(client, "gid://shopify/BulkOperation/999").status == "EXPIRED"


def test_a_file_that_is_too_big_is_not_sent(client, monkeypatch) -> None:
    monkeypatch.setattr(bulk, "MOST_BYTES", 10)
    with pytest.raises(BulkFailed, match="bytes"):
        bulk.stage(client, io.BytesIO(b"x" * 11), "identifier-1")
    assert client.calls == 0


@pytest.mark.parametrize("line", [b"", b"\n", b"{", b"[]", b'{"data": {}}', b'{"__lineNumber": "1"}'])
def test_a_line_that_says_nothing_is_no_answer(line) -> None:
    assert bulk._answer(line) is None


def test_a_line_that_was_not_carried_out_is_not_believed() -> None:
    wrong = {"__lineNumber": 3, "data": {"productSet": None}, "errors": [{"message": "Internal"}]}
    assert bulk._answer(json.dumps(wrong).encode()) == (3, None, [{"message": "Internal"}])
    assert bulk._answer(b'{"__lineNumber": 3, "data": null}') == (3, None, [])


CONTENT = b"".join(b'{"n": %d}\n' % number for number in range(20_000))


class Shaky(BaseHTTPRequestHandler):
    """Breaks off each answer after a while."""

    protocol_version = "HTTP/1.1"
    asked: list[str | None] = []
    ranges = True

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        self.asked.append(wanted)
        start = int(wanted[6:-1]) if wanted and self.ranges else 0
        self.send_response(206 if wanted and self.ranges else 200)
        self.send_header("Content-Length", str(len(CONTENT) - start))
        self.end_headers()
        piece = CONTENT[start : start + 100_000] if len(self.asked) < 3 else CONTENT[start:]
        self.wfile.write(piece)
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        pass


@pytest.mark.parametrize("ranges", [True, False])
def test_a_download_that_breaks_goes_on_where_it_broke(ranges) -> None:
    Shaky.asked, Shaky.ranges = [], ranges
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shaky)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/file"
    try:
        with files.download(url, size=len(CONTENT), sleep=lambda _: None) as file:
            assert file.read() == CONTENT
        assert len(Shaky.asked) == 3 and Shaky.asked[1]
        with (
            pytest.raises(BulkFailed, match="bytes"),
            files.download(url, size=len(CONTENT) + 1, sleep=lambda _: None),
        ):
            pass
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("url", ["http://evil.example.com/x", "ftp://127.0.0.2/x", "file:///etc/passwd"])
def test_nothing_is_fetched_from_an_unsafe_address(url) -> None:
    with pytest.raises(BulkFailed, match="https"), files.download(url, size=None, sleep=lambda _: None):
        pass
    with pytest.raises(BulkFailed, match="https"):
        files.upload(url, {}, io.BytesIO(b"x"), sleep=lambda _: None)
